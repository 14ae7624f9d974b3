//! What the elements of each service's XML are: lists, flags, numbers, and what SDKs and AWS Config call them.
//!
//! XML tells neither an empty list from an empty text, nor a list of one from a structure, nor `1` from `"1"`; the
//! models that AWS publishes for its SDKs do. Names of one service mean the same everywhere in its replies; where
//! one does not, `parent/name` says what it is within that parent (members of a list count as within the list).

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A text, or a structure.
    Plain,
    List,
    Flag,
    Number,
}

#[derive(Debug)]
pub(crate) struct Words {
    /// By element; the names that elements have in SDKs.
    names: BTreeMap<&'static str, &'static str>,
    forms: BTreeMap<&'static str, Form>,
}

/// Words of a service: lists, flags, numbers and others, each with the name that SDKs give it behind `=`.
struct Vocabulary {
    lists: &'static str,
    flags: &'static str,
    numbers: &'static str,
    /// Neither of these, but renamed, or not what the same word is elsewhere.
    plain: &'static str,
}

impl Words {
    fn new(vocabulary: &Vocabulary) -> Self {
        let mut words = Self { names: BTreeMap::new(), forms: BTreeMap::new() };
        words.add(Form::List, vocabulary.lists);
        words.add(Form::Flag, vocabulary.flags);
        words.add(Form::Number, vocabulary.numbers);
        words.add(Form::Plain, vocabulary.plain);
        words
    }

    fn add(&mut self, form: Form, words: &'static str) {
        for word in words.split_whitespace() {
            let (element, name) = word.split_once('=').unwrap_or((word, ""));
            self.forms.insert(element, form);
            if !name.is_empty() {
                self.names.insert(element, name);
            }
        }
    }

    /// What an element within another is, and its name.
    pub(super) fn of<'w>(&self, parent: &str, element: &'w str) -> (Form, &'w str) {
        let within = format!("{parent}/{element}");
        let key = if self.forms.contains_key(within.as_str()) { within.as_str() } else { element };
        let form = self.forms.get(key).copied().unwrap_or(Form::Plain);
        (form, self.names.get(key).copied().unwrap_or(element))
    }
}

pub(crate) static EC2: LazyLock<Words> = LazyLock::new(|| {
    Words::new(&Vocabulary {
        lists: "
            acceleratorManufacturerSet=acceleratorManufacturers acceleratorNameSet=acceleratorNames
            acceleratorTypeSet=acceleratorTypes addressesSet=addresses allowedInstanceTypeSet=allowedInstanceTypes
            associatedSubnetSet=associatedSubnets associationSet=associations
            attachedApplianceSet=attachedAppliances attachmentSet=attachments attachments=vpcAttachments
            availabilityZoneInfo=availabilityZones blockDeviceMapping=blockDeviceMappings
            blockDeviceMappingSet=blockDeviceMappings carrierGatewaySet=carrierGateways cidrBlockAssociationSet
            cidrBlockSet cpuManufacturerSet=cpuManufacturers customerGatewaySet=customerGateways
            dnsEntrySet=dnsEntries egressOnlyInternetGatewaySet=egressOnlyInternetGateways
            elasticGpuAssociationSet=elasticGpuAssociations elasticGpuSpecificationSet=elasticGpuSpecifications
            elasticInferenceAcceleratorAssociationSet=elasticInferenceAcceleratorAssociations
            elasticInferenceAcceleratorSet=elasticInferenceAccelerators entrySet=entries
            excludedInstanceTypeSet=excludedInstanceTypes flowLogSet=flowLogs geographySet=geography
            groupSet=groups groups=userIdGroupPairs ikeVersionSet=ikeVersions imagesSet=images
            instanceConnectEndpointSet=instanceConnectEndpoints instanceGenerationSet=instanceGenerations
            instancesSet=instances instancesSet/groupSet=securityGroups internetGatewaySet=internetGateways
            ipPermissions ipPermissionsEgress ipPrefixSet=ipPrefixes ipRanges ipv4PrefixSet=ipv4Prefixes
            ipv6AddressesSet=ipv6Addresses ipv6CidrBlockAssociationSet ipv6CidrBlockSet
            ipv6PrefixSet=ipv6Prefixes ipv6Ranges launchTemplateVersionSet=launchTemplateVersions launchTemplates
            licenseSet=licenses launchTemplateData/licenseSet=licenseSpecifications
            localStorageTypeSet=localStorageTypes messageSet=messages natGatewayAddressSet=natGatewayAddresses
            natGatewaySet=natGateways networkAclSet=networkAcls networkInterfaceIdSet=networkInterfaceIds
            networkInterfaceSet=networkInterfaces networkInterfaceSet/tagSet
            phase1DHGroupNumberSet=phase1DHGroupNumbers phase1EncryptionAlgorithmSet=phase1EncryptionAlgorithms
            phase1IntegrityAlgorithmSet=phase1IntegrityAlgorithms phase2DHGroupNumberSet=phase2DHGroupNumbers
            phase2EncryptionAlgorithmSet=phase2EncryptionAlgorithms
            phase2IntegrityAlgorithmSet=phase2IntegrityAlgorithms placementGroupSet=placementGroups prefixListIds
            prefixListSet=prefixLists privateDnsSpecifiedDomainSet=privateDnsSpecifiedDomains
            privateIpAddressSet=privateIpAddresses privateIpAddressesSet=privateIpAddresses productCodes
            propagatingVgwSet=propagatingVgws referenceSet=references regionInfo=regions
            reservationSet=reservations routeSet=routes routeTableIdSet=routeTableIds routeTableSet=routeTables
            routes secondaryInterfaceSet=secondaryInterfaces securityGroupIdSet=securityGroupIds
            securityGroupInfo=securityGroups securityGroupSet=securityGroups subGeographySet=subGeography
            subnetIdSet=subnetIds subnetIds subnetSet=subnets tagSet=tags tagSpecificationSet=tagSpecifications
            transitGatewayCidrBlocks transitGatewayRouteTables transitGatewaySet=transitGateways
            transitGatewayVpcAttachments tunnelOptionSet=tunnelOptions vgwTelemetry volumeSet=volumes
            vpcBlockPublicAccessExclusionSet=vpcBlockPublicAccessExclusions vpcEndpointSet=vpcEndpoints
            vpcPeeringConnectionSet=vpcPeeringConnections vpcSet=vpcs vpnConnectionSet=vpnConnections
            vpnGatewaySet=vpnGateways",
        flags: "
            allowDnsResolutionFromRemoteVpc allowEgressFromLocalClassicLinkToRemoteVpc
            allowEgressFromLocalVpcToRemoteClassicLink assignIpv6AddressOnCreation associateCarrierIpAddress
            associatePublicIpAddress bgpLogEnabled configured default=isDefault defaultAssociationRouteTable
            defaultForAz defaultPropagationRouteTable defaultVersion deleteOnTermination denyAllIgwTraffic
            disableApiStop disableApiStop/value disableApiTermination disableApiTermination/value ebsOptimized
            ebsOptimized/value egress enaSrdEnabled enaSrdUdpEnabled enaSupport enaSupport/value
            enableAcceleration enableDns64 enableDnsHostnames/value enableDnsSupport/value
            enableNetworkAddressUsageMetrics/value enableResourceNameDnsAAAARecord enableResourceNameDnsARecord
            enableTunnelLifecycleControl enabled encrypted fastRestored freeTierEligible hiddenByDefault
            hiveCompatiblePartitions imageAllowed ipamPrefixListResolverSyncEnabled ipv6Native isDefault
            isPrimary isPrimaryIpv6 isPublic=public logEnabled main managed mapCustomerOwnedIpOnLaunch
            mapPublicIpOnLaunch multiAttachEnabled perHourPartition preserveClientIp primary primaryIpv6
            privateDnsEnabled privateDnsOnlyForInboundResolverEndpoint requesterManaged
            requireEncryptionInTransit requireHibernateSupport sourceDestCheck sourceDestCheck/value
            staticRoutesOnly",
        numbers: "
            acceptedRouteCount amazonSideAsn amiLaunchIndex availableIpAddressCount blockDurationMinutes coreCount
            count defaultVersionNumber deviceIndex dpdTimeoutSeconds ebsCardIndex EbsCardIndex=ebsCardIndex
            enaQueueCount enableLniAtDeviceIndex from fromPort httpPutResponseHopLimit icmpTypeCode/code
            icmpTypeCode/type instanceState/code iops ipv4PrefixCount ipv6AddressCount ipv6PrefixCount
            latestVersionNumber max maxAggregationInterval maxEntries
            maxSpotPriceAsPercentageOfOptimalOnDemandPrice min networkCardIndex
            onDemandMaxPricePercentageOverLowestPrice partitionCount partitionNumber phase1DHGroupNumberSet/value
            phase1LifetimeSeconds phase2DHGroupNumberSet/value phase2LifetimeSeconds privateIpAddressCount
            rekeyFuzzPercentage rekeyMarginTimeSeconds replayWindowSize ruleNumber
            secondaryPrivateIpAddressCount size spotMaxPricePercentageOverLowestPrice tcpEstablishedTimeout
            threadsPerCore throughput to toPort udpStreamTimeout udpTimeout version versionNumber
            VolumeInitializationRate=volumeInitializationRate volumeInitializationRate volumeSize",
        plain: "
            AvailabilityZoneId=availabilityZoneId attachmentSet/status=state groupDescription=description
            imageOwnerId=ownerId imageState=state instanceState=state instancesSet/dnsName=publicDnsName
            instancesSet/ipAddress=publicIpAddress instancesSet/reason=stateTransitionReason kernel=kernelId
            productCode=productCodeId productCodes/type=productCodeType ramdisk=ramdiskId
            regionEndpoint=endpoint volumeSet/status=state zoneState=state",
    })
});

pub(crate) static ELB: LazyLock<Words> = LazyLock::new(|| {
    Words::new(&Vocabulary {
        lists: "
            AdditionalAttributes AppCookieStickinessPolicies AvailabilityZones BackendServerDescriptions Instances
            LBCookieStickinessPolicies ListenerDescriptions LoadBalancerDescriptions OtherPolicies PolicyNames
            SecurityGroups Subnets TagDescriptions Tags",
        flags: "Enabled",
        numbers: "
            CookieExpirationPeriod EmitInterval HealthyThreshold IdleTimeout InstancePort Interval
            LoadBalancerPort Timeout UnhealthyThreshold",
        plain: "",
    })
});

pub(crate) static ELB_V2: LazyLock<Words> = LazyLock::new(|| {
    Words::new(&Vocabulary {
        lists: "
            Actions AdditionalClaims AlpnPolicy Attributes AvailabilityZones Certificates Conditions DefaultActions
            Listeners LoadBalancerAddresses LoadBalancerArns LoadBalancers RegexValues Rewrites Rules
            SecurityGroups SourceNatIpv6Prefixes TagDescriptions Tags TargetGroups TargetHealthDescriptions
            Transforms Values",
        flags: "Enabled HealthCheckEnabled IgnoreClientCertificateExpiry IsDefault UseExistingClientSecret",
        numbers: "
            DurationSeconds HealthCheckIntervalSeconds HealthCheckTimeoutSeconds HealthyThresholdCount Order Port
            SessionTimeout TargetControlPort UnhealthyThresholdCount Weight",
        plain: "RedirectConfig/Port",
    })
});

pub(crate) static AUTO_SCALING: LazyLock<Words> = LazyLock::new(|| {
    Words::new(&Vocabulary {
        lists: "
            AcceleratorManufacturers AcceleratorNames AcceleratorTypes Alarms AllowedInstanceTypes
            AutoScalingGroups AvailabilityZoneIds AvailabilityZones BlockDeviceMappings CapacityReservationIds
            CapacityReservationResourceGroupArns ClassicLinkVPCSecurityGroups CpuManufacturers Dimensions
            EnabledMetrics ExcludedInstanceTypes InstanceGenerations Instances LaunchConfigurations
            LifecycleHooks LoadBalancerNames LocalStorageTypes MetricDataQueries MetricSpecifications Metrics
            Overrides Reference=References ScalingPolicies SecurityGroups StepAdjustments SuspendedProcesses Tags
            TargetGroupARNs TerminationPolicies TrafficSources",
        flags: "
            AssociatePublicIpAddress CapacityRebalance DeleteOnTermination DisableScaleIn EbsOptimized Enabled
            Encrypted NewInstancesProtectedFromScaleIn NoDevice PropagateAtLaunch ProtectedFromScaleIn
            RequireHibernateSupport ReturnData ReuseOnScaleIn ZonalShiftEnabled",
        numbers: "
            Cooldown DefaultCooldown DefaultInstanceWarmup DesiredCapacity EstimatedInstanceWarmup GlobalTimeout
            HealthCheckGracePeriod HeartbeatTimeout HttpPutResponseHopLimit Iops Max MaxCapacityBuffer
            MaxGroupPreparedCapacity MaxHealthyPercentage MaxInstanceLifetime MaxSize
            MaxSpotPriceAsPercentageOfOptimalOnDemandPrice MetricIntervalLowerBound MetricIntervalUpperBound Min
            MinAdjustmentMagnitude MinAdjustmentStep MinHealthyPercentage MinSize OnDemandBaseCapacity
            OnDemandMaxPricePercentageOverLowestPrice OnDemandPercentageAboveBaseCapacity Period
            PredictedCapacity ScalingAdjustment SchedulingBufferTime SpotInstancePools
            SpotMaxPricePercentageOverLowestPrice TargetValue Throughput VolumeSize WarmPoolSize",
        plain: "",
    })
});

pub(crate) static RDS: LazyLock<Words> = LazyLock::new(|| {
    Words::new(&Vocabulary {
        lists: "
            AdditionalStorageVolumes AssociatedRoles Auth AvailabilityZones CustomEndpoints DBClusterMembers
            DBClusterOptionGroupMemberships DBClusters DBInstanceAutomatedBackupsReplications DBInstances
            DBParameterGroups DBProxies DBSecurityGroups DBSubnetGroups DnsIps DomainMemberships
            EnabledCloudwatchLogsExports GlobalClusterMembers GlobalClusters LogTypesToDisable LogTypesToEnable
            OptionGroupMemberships ProcessorFeatures ReadReplicaDBClusterIdentifiers
            ReadReplicaDBInstanceIdentifiers ReadReplicaIdentifiers Readers StatusInfos Subnets
            SupportedNetworkTypes TagList VpcSecurityGroupIds VpcSecurityGroups VpcSubnetIds",
        flags: "
            ActivityStreamEngineNativeAuditFieldsIncluded AutoMinorVersionUpgrade AutoPause CopyTagsToSnapshot
            CrossAccountClone CustomerOwnedIpEnabled DebugLogging DedicatedLogVolume DeletionProtection Encrypted
            GlobalWriteForwardingRequested HttpEndpointEnabled IAMDatabaseAuthenticationEnabled
            InternetAccessGatewayEnabled IsClusterWriter IsDataLossAllowed IsStorageConfigUpgradeAvailable
            IsWriter MultiAZ MultiTenant Normal PerformanceInsightsEnabled PubliclyAccessible RequireTLS
            StorageEncrypted VPCNetworkingEnabled",
        numbers: "
            AllocatedStorage BacktrackConsumedChangeRecords BacktrackWindow BackupRetentionPeriod Capacity
            DbInstancePort IOPS IdleClientTimeout Iops MaxAllocatedStorage MaxCapacity MinCapacity MinRequiredACU
            MonitoringInterval PerformanceInsightsRetentionPeriod Port PromotionTier SecondsBeforeTimeout
            SecondsUntilAutoPause StorageThroughput",
        plain: "",
    })
});

pub(crate) static REDSHIFT: LazyLock<Words> = LazyLock::new(|| {
    Words::new(&Vocabulary {
        lists: "
            ClusterNodes ClusterParameterGroups ClusterParameterStatusList ClusterSecurityGroups
            ClusterSubnetGroups Clusters DeferredMaintenanceWindows IamRoles NetworkInterfaces PendingActions
            Subnets SupportedClusterIpAddressTypes SupportedPlatforms Tags VpcEndpoints VpcSecurityGroups",
        flags: "AllowCancelResize AllowVersionUpgrade Encrypted EnhancedVpcRouting PubliclyAccessible",
        numbers: "
            AutomatedSnapshotRetentionPeriod CurrentRateInMegaBytesPerSecond
            CurrentRestoreRateInMegaBytesPerSecond DataTransferredInMegaBytes ElapsedTimeInSeconds
            EstimatedTimeToCompletionInSeconds ManualSnapshotRetentionPeriod NumberOfNodes Port
            ProgressInMegaBytes RetentionPeriod SnapshotSizeInMegaBytes SourceReservedNodeCount
            TargetReservedNodeCount TotalDataInMegaBytes TotalStorageCapacityInMegaBytes",
        plain: "",
    })
});

pub(crate) static ELASTICACHE: LazyLock<Words> = LazyLock::new(|| {
    Words::new(&Vocabulary {
        lists: "
            CacheClusters CacheNodeIdsToReboot CacheNodeIdsToRemove CacheNodes CacheSecurityGroups
            CacheSubnetGroups LogDeliveryConfigurations MemberClusters MemberClustersOutpostArns NodeGroupMembers
            NodeGroups ReplicationGroups SecurityGroupIds SecurityGroups ServerlessCaches SubnetIds Subnets
            SupportedNetworkTypes TagList UserGroupIds UserGroupIdsToAdd UserGroupIdsToRemove",
        flags: "
            AtRestEncryptionEnabled AuthTokenEnabled AutoMinorVersionUpgrade ClusterEnabled
            ReplicationGroupLogDeliveryEnabled TransitEncryptionEnabled",
        numbers: "
            Maximum Minimum NumCacheNodes Port ProgressPercentage ScaleIntervalMinutes ScalePercentage
            SnapshotRetentionLimit",
        plain: "",
    })
});

pub(crate) static IAM: LazyLock<Words> = LazyLock::new(|| {
    Words::new(&Vocabulary {
        lists: "InstanceProfiles Roles Tags",
        flags: "IsTruncated",
        numbers: "MaxSessionDuration",
        plain: "",
    })
});

pub(crate) static S3: LazyLock<Words> =
    LazyLock::new(|| Words::new(&Vocabulary { lists: "Buckets TagSet", flags: "", numbers: "", plain: "" }));

pub(crate) static ROUTE_53: LazyLock<Words> = LazyLock::new(|| {
    Words::new(&Vocabulary {
        lists: "
            ChildHealthChecks Dimensions HealthChecks HostedZones NameServers Regions ResourceRecordSets
            ResourceRecords VPCs",
        flags: "
            Disabled EnableSNI EvaluateTargetHealth Inverted IsTruncated MeasureLatency MultiValueAnswer
            PrivateZone",
        numbers: "
            Bias EvaluationPeriods FailureThreshold HealthCheckVersion HealthThreshold Period Port
            RequestInterval ResourceRecordSetCount TTL Threshold Weight",
        plain: "",
    })
});

pub(crate) static CLOUDFRONT: LazyLock<Words> = LazyLock::new(|| {
    Words::new(&Vocabulary {
        lists: "AliasICPRecordals Items",
        flags: "
            AdvertiseTrustStoreCaNames CloudFrontDefaultCertificate Compress Enabled IgnoreCertificateExpiry
            IncludeBody IsIPV6Enabled IsTruncated QueryString SmoothStreaming Staging",
        numbers: "
            ConnectionAttempts ConnectionTimeout DefaultTTL ErrorCachingMinTTL ErrorCode HTTPPort HTTPSPort
            MaxItems MaxTTL MinTTL OriginKeepaliveTimeout OriginReadTimeout Quantity ResponseCompletionTimeout",
        plain: "",
    })
});
