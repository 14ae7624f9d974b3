# What providers make of a configuration: the types that the configurations of this repository use, as the AWS
# provider 6.30 has them. Each attribute says what becomes of it where it is not set:
#
#   name = string                      null
#   name = optional(string, "x")       a default; it may name `region` and, as `self`, what is set
#   name = computed(string)            known after apply
#   name = sensitive(string)           null, and sensitive in any case
#
# Nested blocks are `list`, `set` or `single`, and empty where they are not set, or "computed".
# What a data source answers is a default too: plans are made without an account.

resource "terraform_data" {
  id               = computed(string)
  input            = any
  output           = computed(any)
  triggers_replace = any
}

resource "aws_vpc" {
  schema_version                       = 1
  arn                                  = computed(string)
  assign_generated_ipv6_cidr_block     = bool
  cidr_block                           = computed(string)
  default_network_acl_id               = computed(string)
  default_route_table_id               = computed(string)
  default_security_group_id            = computed(string)
  dhcp_options_id                      = computed(string)
  enable_dns_hostnames                 = computed(bool)
  enable_dns_support                   = optional(bool, true)
  enable_network_address_usage_metrics = computed(bool)
  id                                   = computed(string)
  instance_tenancy                     = optional(string, "default")
  ipv4_ipam_pool_id                    = string
  ipv4_netmask_length                  = number
  ipv6_association_id                  = computed(string)
  ipv6_cidr_block                      = computed(string)
  ipv6_cidr_block_network_border_group = computed(string)
  ipv6_ipam_pool_id                    = string
  ipv6_netmask_length                  = number
  main_route_table_id                  = computed(string)
  owner_id                             = computed(string)
  region                               = optional(string, region)
  tags                                 = map(string)
  tags_all                             = computed(map(string))
}

resource "aws_subnet" {
  schema_version                                 = 1
  arn                                            = computed(string)
  assign_ipv6_address_on_creation                = optional(bool, false)
  availability_zone                              = computed(string)
  availability_zone_id                           = computed(string)
  cidr_block                                     = string
  customer_owned_ipv4_pool                       = string
  enable_dns64                                   = optional(bool, false)
  enable_lni_at_device_index                     = number
  enable_resource_name_dns_a_record_on_launch    = optional(bool, false)
  enable_resource_name_dns_aaaa_record_on_launch = optional(bool, false)
  id                                             = computed(string)
  ipv6_cidr_block                                = string
  ipv6_cidr_block_association_id                 = computed(string)
  ipv6_native                                    = optional(bool, false)
  map_customer_owned_ip_on_launch                = bool
  map_public_ip_on_launch                        = optional(bool, false)
  outpost_arn                                    = string
  owner_id                                       = computed(string)
  private_dns_hostname_type_on_launch            = computed(string)
  region                                         = optional(string, region)
  tags                                           = map(string)
  tags_all                                       = computed(map(string))
  vpc_id                                         = string
  single "timeouts" {
    create = string
    delete = string
  }
}

resource "aws_internet_gateway" {
  arn      = computed(string)
  id       = computed(string)
  owner_id = computed(string)
  region   = optional(string, region)
  tags     = map(string)
  tags_all = computed(map(string))
  vpc_id   = computed(string)
  single "timeouts" {
    create = string
    delete = string
    update = string
  }
}

resource "aws_internet_gateway_attachment" {
  id                  = computed(string)
  internet_gateway_id = string
  region              = optional(string, region)
  vpc_id              = string
  single "timeouts" {
    create = string
    delete = string
  }
}

resource "aws_egress_only_internet_gateway" {
  id       = computed(string)
  region   = optional(string, region)
  tags     = map(string)
  tags_all = computed(map(string))
  vpc_id   = string
}

resource "aws_route_table" {
  arn              = computed(string)
  id               = computed(string)
  owner_id         = computed(string)
  propagating_vgws = computed(set(string))
  region           = optional(string, region)
  route = computed(set(object({
    carrier_gateway_id         = optional(string, "")
    cidr_block                 = optional(string, "")
    core_network_arn           = optional(string, "")
    destination_prefix_list_id = optional(string, "")
    egress_only_gateway_id     = optional(string, "")
    gateway_id                 = optional(string, "")
    ipv6_cidr_block            = optional(string, "")
    local_gateway_id           = optional(string, "")
    nat_gateway_id             = optional(string, "")
    network_interface_id       = optional(string, "")
    transit_gateway_id         = optional(string, "")
    vpc_endpoint_id            = optional(string, "")
    vpc_peering_connection_id  = optional(string, "")
  })))
  tags     = map(string)
  tags_all = computed(map(string))
  vpc_id   = string
  single "timeouts" {
    create = string
    delete = string
    update = string
  }
}

resource "aws_route" {
  carrier_gateway_id          = string
  core_network_arn            = string
  destination_cidr_block      = string
  destination_ipv6_cidr_block = string
  destination_prefix_list_id  = string
  egress_only_gateway_id      = string
  gateway_id                  = string
  id                          = computed(string)
  instance_id                 = computed(string)
  instance_owner_id           = computed(string)
  local_gateway_id            = string
  nat_gateway_id              = string
  network_interface_id        = computed(string)
  origin                      = computed(string)
  region                      = optional(string, region)
  route_table_id              = string
  state                       = computed(string)
  transit_gateway_id          = string
  vpc_endpoint_id             = string
  vpc_peering_connection_id   = string
  single "timeouts" {
    create = string
    delete = string
    update = string
  }
}

resource "aws_route_table_association" {
  gateway_id     = string
  id             = computed(string)
  region         = optional(string, region)
  route_table_id = string
  subnet_id      = string
  single "timeouts" {
    create = string
    delete = string
    update = string
  }
}

resource "aws_nat_gateway" {
  allocation_id                      = computed(string)
  association_id                     = computed(string)
  auto_provision_zones               = computed(string)
  auto_scaling_ips                   = computed(string)
  availability_mode                  = computed(string)
  connectivity_type                  = optional(string, "public")
  id                                 = computed(string)
  network_interface_id               = computed(string)
  private_ip                         = computed(string)
  public_ip                          = computed(string)
  region                             = optional(string, region)
  regional_nat_gateway_address       = computed(set(any))
  route_table_id                     = computed(string)
  secondary_allocation_ids           = computed(set(string))
  secondary_private_ip_address_count = computed(number)
  secondary_private_ip_addresses     = computed(set(string))
  subnet_id                          = string
  tags                               = map(string)
  tags_all                           = computed(map(string))
  vpc_id                             = computed(string)
  set "availability_zone_address" "computed" {
    allocation_ids       = set(string)
    availability_zone    = computed(string)
    availability_zone_id = computed(string)
  }
  single "timeouts" {
    create = string
    delete = string
    update = string
  }
}

resource "aws_vpc_endpoint" {
  arn                        = computed(string)
  auto_accept                = bool
  cidr_blocks                = computed(list(string))
  dns_entry                  = computed(list(any))
  id                         = computed(string)
  ip_address_type            = computed(string)
  network_interface_ids      = computed(set(string))
  owner_id                   = computed(string)
  policy                     = computed(string)
  prefix_list_id             = computed(string)
  private_dns_enabled        = computed(bool)
  region                     = optional(string, region)
  requester_managed          = computed(bool)
  resource_configuration_arn = string
  route_table_ids            = computed(set(string))
  security_group_ids         = computed(set(string))
  service_name               = string
  service_network_arn        = string
  service_region             = computed(string)
  state                      = computed(string)
  subnet_ids                 = computed(set(string))
  tags                       = map(string)
  tags_all                   = computed(map(string))
  vpc_endpoint_type          = optional(string, "Gateway")
  vpc_id                     = string
  list "dns_options" "computed" {
    dns_record_ip_type                             = computed(string)
    private_dns_only_for_inbound_resolver_endpoint = bool
  }
  set "subnet_configuration" "computed" {
    ipv4      = string
    ipv6      = string
    subnet_id = string
  }
  single "timeouts" {
    create = string
    delete = string
    update = string
  }
}

resource "aws_vpc_endpoint_route_table_association" {
  id              = computed(string)
  region          = optional(string, region)
  route_table_id  = string
  vpc_endpoint_id = string
}

resource "aws_flow_log" {
  arn                           = computed(string)
  deliver_cross_account_role    = string
  eni_id                        = string
  iam_role_arn                  = string
  id                            = computed(string)
  log_destination               = computed(string)
  log_destination_type          = optional(string, "cloud-watch-logs")
  log_format                    = computed(string)
  max_aggregation_interval      = optional(number, 600)
  region                        = optional(string, region)
  subnet_id                     = string
  tags                          = map(string)
  tags_all                      = computed(map(string))
  traffic_type                  = string
  transit_gateway_attachment_id = string
  transit_gateway_id            = string
  vpc_id                        = string
  list "destination_options" {
    file_format                = optional(string, "plain-text")
    hive_compatible_partitions = optional(bool, false)
    per_hour_partition         = optional(bool, false)
  }
}

resource "aws_eip" {
  address                   = string
  allocation_id             = computed(string)
  arn                       = computed(string)
  associate_with_private_ip = string
  association_id            = computed(string)
  carrier_ip                = computed(string)
  customer_owned_ip         = computed(string)
  customer_owned_ipv4_pool  = string
  domain                    = computed(string)
  id                        = computed(string)
  instance                  = computed(string)
  ipam_pool_id              = computed(string)
  network_border_group      = computed(string)
  network_interface         = computed(string)
  private_dns               = computed(string)
  private_ip                = computed(string)
  ptr_record                = computed(string)
  public_dns                = computed(string)
  public_ip                 = computed(string)
  public_ipv4_pool          = computed(string)
  region                    = optional(string, region)
  tags                      = map(string)
  tags_all                  = computed(map(string))
  single "timeouts" {
    delete = string
    read   = string
    update = string
  }
}

resource "aws_eip_association" {
  allocation_id        = computed(string)
  allow_reassociation  = bool
  id                   = computed(string)
  instance_id          = computed(string)
  network_interface_id = computed(string)
  private_ip_address   = computed(string)
  public_ip            = computed(string)
  region               = optional(string, region)
}

resource "aws_security_group" {
  schema_version = 1
  arn            = computed(string)
  description    = optional(string, "Managed by Terraform")
  egress = computed(set(object({
    cidr_blocks      = optional(list(string), [])
    description      = optional(string, "")
    from_port        = number
    ipv6_cidr_blocks = optional(list(string), [])
    prefix_list_ids  = optional(list(string), [])
    protocol         = string
    security_groups  = optional(set(string), [])
    self             = optional(bool, false)
    to_port          = number
  })))
  id = computed(string)
  ingress = computed(set(object({
    cidr_blocks      = optional(list(string), [])
    description      = optional(string, "")
    from_port        = number
    ipv6_cidr_blocks = optional(list(string), [])
    prefix_list_ids  = optional(list(string), [])
    protocol         = string
    security_groups  = optional(set(string), [])
    self             = optional(bool, false)
    to_port          = number
  })))
  name                   = computed(string)
  name_prefix            = computed(string)
  owner_id               = computed(string)
  region                 = optional(string, region)
  revoke_rules_on_delete = optional(bool, false)
  tags                   = map(string)
  tags_all               = computed(map(string))
  vpc_id                 = computed(string)
  single "timeouts" {
    create = string
    delete = string
  }
}

resource "aws_vpc_security_group_ingress_rule" {
  arn                          = computed(string)
  cidr_ipv4                    = string
  cidr_ipv6                    = string
  description                  = string
  from_port                    = number
  id                           = computed(string)
  ip_protocol                  = string
  prefix_list_id               = string
  referenced_security_group_id = string
  region                       = optional(string, region)
  security_group_id            = string
  security_group_rule_id       = computed(string)
  tags                         = map(string)
  tags_all                     = optional(map(string), {})
  to_port                      = number
}

resource "aws_vpc_security_group_egress_rule" {
  arn                          = computed(string)
  cidr_ipv4                    = string
  cidr_ipv6                    = string
  description                  = string
  from_port                    = number
  id                           = computed(string)
  ip_protocol                  = string
  prefix_list_id               = string
  referenced_security_group_id = string
  region                       = optional(string, region)
  security_group_id            = string
  security_group_rule_id       = computed(string)
  tags                         = map(string)
  tags_all                     = optional(map(string), {})
  to_port                      = number
}

resource "aws_security_group_rule" {
  schema_version           = 2
  cidr_blocks              = list(string)
  description              = string
  from_port                = number
  id                       = computed(string)
  ipv6_cidr_blocks         = list(string)
  prefix_list_ids          = list(string)
  protocol                 = string
  region                   = optional(string, region)
  security_group_id        = string
  security_group_rule_id   = computed(string)
  self                     = optional(bool, false)
  source_security_group_id = computed(string)
  to_port                  = number
  type                     = string
  single "timeouts" {
    create = string
  }
}

resource "aws_network_interface" {
  schema_version            = 1
  arn                       = computed(string)
  description               = string
  enable_primary_ipv6       = computed(bool)
  id                        = computed(string)
  interface_type            = computed(string)
  ipv4_prefix_count         = computed(number)
  ipv4_prefixes             = computed(set(string))
  ipv6_address_count        = computed(number)
  ipv6_address_list         = computed(list(string))
  ipv6_address_list_enabled = optional(bool, false)
  ipv6_addresses            = computed(set(string))
  ipv6_prefix_count         = computed(number)
  ipv6_prefixes             = computed(set(string))
  mac_address               = computed(string)
  outpost_arn               = computed(string)
  owner_id                  = computed(string)
  private_dns_name          = computed(string)
  private_ip                = computed(string)
  private_ip_list           = computed(list(string))
  private_ip_list_enabled   = optional(bool, false)
  private_ips               = computed(set(string))
  private_ips_count         = computed(number)
  region                    = optional(string, region)
  security_groups           = computed(set(string))
  source_dest_check         = optional(bool, true)
  subnet_id                 = string
  tags                      = map(string)
  tags_all                  = computed(map(string))
  set "attachment" "computed" {
    attachment_id      = computed(string)
    device_index       = number
    instance           = string
    network_card_index = computed(number)
  }
}

resource "aws_instance" {
  schema_version                       = 2
  ami                                  = computed(string)
  arn                                  = computed(string)
  associate_public_ip_address          = computed(bool)
  availability_zone                    = computed(string)
  disable_api_stop                     = computed(bool)
  disable_api_termination              = computed(bool)
  ebs_optimized                        = computed(bool)
  enable_primary_ipv6                  = computed(bool)
  force_destroy                        = optional(bool, false)
  get_password_data                    = optional(bool, false)
  hibernation                          = bool
  host_id                              = computed(string)
  host_resource_group_arn              = computed(string)
  iam_instance_profile                 = computed(string)
  id                                   = computed(string)
  instance_initiated_shutdown_behavior = computed(string)
  instance_lifecycle                   = computed(string)
  instance_state                       = computed(string)
  instance_type                        = computed(string)
  ipv6_address_count                   = computed(number)
  ipv6_addresses                       = computed(list(string))
  key_name                             = computed(string)
  monitoring                           = computed(bool)
  outpost_arn                          = computed(string)
  password_data                        = computed(string)
  placement_group                      = computed(string)
  placement_group_id                   = computed(string)
  placement_partition_number           = computed(number)
  primary_network_interface_id         = computed(string)
  private_dns                          = computed(string)
  private_ip                           = computed(string)
  public_dns                           = computed(string)
  public_ip                            = computed(string)
  region                               = optional(string, region)
  secondary_private_ips                = computed(set(string))
  security_groups                      = computed(set(string))
  source_dest_check                    = optional(bool, true)
  spot_instance_request_id             = computed(string)
  subnet_id                            = computed(string)
  tags                                 = map(string)
  tags_all                             = computed(map(string))
  tenancy                              = computed(string)
  user_data                            = string
  user_data_base64                     = computed(string)
  user_data_replace_on_change          = optional(bool, false)
  volume_tags                          = map(string)
  vpc_security_group_ids               = computed(set(string))
  list "capacity_reservation_specification" "computed" {
    capacity_reservation_preference = string
  }
  list "cpu_options" "computed" {
    amd_sev_snp      = computed(string)
    core_count       = computed(number)
    threads_per_core = computed(number)
  }
  list "credit_specification" {
    cpu_credits = string
  }
  set "ebs_block_device" "computed" {
    delete_on_termination = optional(bool, true)
    device_name           = string
    encrypted             = computed(bool)
    iops                  = computed(number)
    kms_key_id            = computed(string)
    snapshot_id           = computed(string)
    tags                  = map(string)
    tags_all              = computed(map(string))
    throughput            = computed(number)
    volume_id             = computed(string)
    volume_size           = computed(number)
    volume_type           = computed(string)
  }
  list "enclave_options" "computed" {
    enabled = computed(bool)
  }
  set "ephemeral_block_device" "computed" {
    device_name  = string
    no_device    = bool
    virtual_name = string
  }
  list "instance_market_options" "computed" {
    market_type = computed(string)
  }
  list "launch_template" {
    id      = computed(string)
    name    = computed(string)
    version = optional(string, "$Default")
  }
  list "maintenance_options" "computed" {
    auto_recovery = computed(string)
  }
  list "metadata_options" "computed" {
    http_endpoint               = computed(string)
    http_protocol_ipv6          = optional(string, "disabled")
    http_put_response_hop_limit = computed(number)
    http_tokens                 = computed(string)
    instance_metadata_tags      = computed(string)
  }
  set "network_interface" "computed" {
    delete_on_termination = optional(bool, false)
    device_index          = number
    network_card_index    = optional(number, 0)
    network_interface_id  = string
  }
  list "primary_network_interface" "computed" {
    delete_on_termination = computed(bool)
    network_interface_id  = string
  }
  list "private_dns_name_options" "computed" {
    enable_resource_name_dns_a_record    = computed(bool)
    enable_resource_name_dns_aaaa_record = computed(bool)
    hostname_type                        = computed(string)
  }
  list "root_block_device" "computed" {
    delete_on_termination = optional(bool, true)
    device_name           = computed(string)
    encrypted             = computed(bool)
    iops                  = computed(number)
    kms_key_id            = computed(string)
    tags                  = map(string)
    tags_all              = computed(map(string))
    throughput            = computed(number)
    volume_id             = computed(string)
    volume_size           = computed(number)
    volume_type           = computed(string)
  }
  single "timeouts" {
    create = string
    delete = string
    read   = string
    update = string
  }
}

resource "aws_launch_template" {
  arn                                  = computed(string)
  default_version                      = computed(number)
  description                          = string
  disable_api_stop                     = bool
  disable_api_termination              = bool
  ebs_optimized                        = string
  id                                   = computed(string)
  image_id                             = string
  instance_initiated_shutdown_behavior = string
  instance_type                        = string
  kernel_id                            = string
  key_name                             = string
  latest_version                       = computed(number)
  name                                 = computed(string)
  name_prefix                          = computed(string)
  ram_disk_id                          = string
  region                               = optional(string, region)
  security_group_names                 = set(string)
  tags                                 = map(string)
  tags_all                             = computed(map(string))
  update_default_version               = bool
  user_data                            = string
  vpc_security_group_ids               = set(string)
  list "block_device_mappings" {
    device_name  = string
    no_device    = string
    virtual_name = string
    list "ebs" {
      delete_on_termination = string
      encrypted             = string
      iops                  = computed(number)
      kms_key_id            = string
      snapshot_id           = string
      throughput            = computed(number)
      volume_size           = computed(number)
      volume_type           = computed(string)
    }
  }
  list "iam_instance_profile" {
    arn  = string
    name = string
  }
  list "metadata_options" "computed" {
    http_endpoint               = computed(string)
    http_protocol_ipv6          = computed(string)
    http_put_response_hop_limit = computed(number)
    http_tokens                 = computed(string)
    instance_metadata_tags      = computed(string)
  }
  list "monitoring" {
    enabled = bool
  }
  list "network_interfaces" {
    associate_public_ip_address = string
    delete_on_termination       = string
    device_index                = number
    network_interface_id        = string
    security_groups             = set(string)
    subnet_id                   = string
  }
  list "tag_specifications" {
    resource_type = string
    tags          = map(string)
  }
}

resource "aws_autoscaling_group" {
  schema_version                   = 1
  arn                              = computed(string)
  availability_zones               = computed(set(string))
  capacity_rebalance               = bool
  context                          = string
  default_cooldown                 = computed(number)
  default_instance_warmup          = number
  desired_capacity                 = computed(number)
  desired_capacity_type            = string
  enabled_metrics                  = set(string)
  force_delete                     = optional(bool, false)
  force_delete_warm_pool           = optional(bool, false)
  health_check_grace_period        = optional(number, 300)
  health_check_type                = computed(string)
  id                               = computed(string)
  ignore_failed_scaling_activities = optional(bool, false)
  launch_configuration             = string
  load_balancers                   = computed(set(string))
  max_instance_lifetime            = number
  max_size                         = number
  metrics_granularity              = optional(string, "1Minute")
  min_elb_capacity                 = number
  min_size                         = number
  name                             = computed(string)
  name_prefix                      = computed(string)
  placement_group                  = string
  predicted_capacity               = computed(number)
  protect_from_scale_in            = optional(bool, false)
  region                           = optional(string, region)
  service_linked_role_arn          = computed(string)
  suspended_processes              = set(string)
  target_group_arns                = computed(set(string))
  termination_policies             = list(string)
  vpc_zone_identifier              = computed(set(string))
  wait_for_capacity_timeout        = optional(string, "10m")
  wait_for_elb_capacity            = number
  warm_pool_size                   = computed(number)
  list "availability_zone_distribution" "computed" {
    capacity_distribution_strategy = optional(string, "balanced-best-effort")
  }
  set "initial_lifecycle_hook" {
    default_result       = computed(string)
    heartbeat_timeout    = number
    lifecycle_transition = string
    name                 = string
  }
  list "instance_maintenance_policy" {
    max_healthy_percentage = number
    min_healthy_percentage = number
  }
  list "instance_refresh" {
    strategy = string
    triggers = set(string)
  }
  list "launch_template" {
    id      = computed(string)
    name    = computed(string)
    version = computed(string)
  }
  list "mixed_instances_policy" "computed" {}
  set "tag" {
    key                 = string
    propagate_at_launch = bool
    value               = string
  }
  set "traffic_source" "computed" {
    identifier = string
    type       = string
  }
  list "warm_pool" {
    min_size   = optional(number, 0)
    pool_state = optional(string, "Stopped")
  }
  single "timeouts" {
    delete = string
    update = string
  }
}

resource "aws_autoscaling_attachment" {
  autoscaling_group_name = string
  elb                    = string
  id                     = computed(string)
  lb_target_group_arn    = string
  region                 = optional(string, region)
}

resource "aws_autoscaling_policy" {
  adjustment_type           = string
  arn                       = computed(string)
  autoscaling_group_name    = string
  cooldown                  = number
  enabled                   = optional(bool, true)
  estimated_instance_warmup = number
  id                        = computed(string)
  metric_aggregation_type   = computed(string)
  min_adjustment_magnitude  = number
  name                      = string
  policy_type               = optional(string, "SimpleScaling")
  region                    = optional(string, region)
  scaling_adjustment        = number
  list "predictive_scaling_configuration" {}
  set "step_adjustment" {
    metric_interval_lower_bound = string
    metric_interval_upper_bound = string
    scaling_adjustment          = number
  }
  list "target_tracking_configuration" {
    disable_scale_in = optional(bool, false)
    target_value     = number
    list "customized_metric_specification" {}
    list "predefined_metric_specification" {
      predefined_metric_type = string
      resource_label         = string
    }
  }
}

resource "aws_elb" {
  arn                         = computed(string)
  availability_zones          = computed(set(string))
  connection_draining         = optional(bool, false)
  connection_draining_timeout = optional(number, 300)
  cross_zone_load_balancing   = optional(bool, true)
  desync_mitigation_mode      = optional(string, "defensive")
  dns_name                    = computed(string)
  id                          = computed(string)
  idle_timeout                = optional(number, 60)
  instances                   = computed(set(string))
  internal                    = computed(bool)
  name                        = computed(string)
  name_prefix                 = computed(string)
  region                      = optional(string, region)
  security_groups             = computed(set(string))
  source_security_group       = computed(string)
  source_security_group_id    = computed(string)
  subnets                     = computed(set(string))
  tags                        = map(string)
  tags_all                    = computed(map(string))
  zone_id                     = computed(string)
  list "access_logs" {
    bucket        = string
    bucket_prefix = string
    enabled       = optional(bool, true)
    interval      = optional(number, 60)
  }
  list "health_check" "computed" {
    healthy_threshold   = number
    interval            = number
    target              = string
    timeout             = number
    unhealthy_threshold = number
  }
  set "listener" {
    instance_port      = number
    instance_protocol  = string
    lb_port            = number
    lb_protocol        = string
    ssl_certificate_id = optional(string, "")
  }
  single "timeouts" {
    create = string
    update = string
  }
}

resource "aws_elb_attachment" {
  elb      = string
  id       = computed(string)
  instance = string
  region   = optional(string, region)
}

resource "aws_lb" {
  arn                                                          = computed(string)
  arn_suffix                                                   = computed(string)
  client_keep_alive                                            = optional(number, 3600)
  customer_owned_ipv4_pool                                     = string
  desync_mitigation_mode                                       = optional(string, "defensive")
  dns_name                                                     = computed(string)
  dns_record_client_routing_policy                             = optional(string, "any_availability_zone")
  drop_invalid_header_fields                                   = optional(bool, false)
  enable_cross_zone_load_balancing                             = optional(bool, false)
  enable_deletion_protection                                   = optional(bool, false)
  enable_http2                                                 = optional(bool, true)
  enable_tls_version_and_cipher_suite_headers                  = optional(bool, false)
  enable_waf_fail_open                                         = optional(bool, false)
  enable_xff_client_port                                       = optional(bool, false)
  enable_zonal_shift                                           = optional(bool, false)
  enforce_security_group_inbound_rules_on_private_link_traffic = computed(string)
  id                                                           = computed(string)
  idle_timeout                                                 = optional(number, 60)
  internal                                                     = computed(bool)
  ip_address_type                                              = computed(string)
  load_balancer_type                                           = optional(string, "application")
  name                                                         = computed(string)
  name_prefix                                                  = computed(string)
  preserve_host_header                                         = optional(bool, false)
  region                                                       = optional(string, region)
  secondary_ips_auto_assigned_per_subnet                       = computed(number)
  security_groups                                              = computed(set(string))
  subnets                                                      = computed(set(string))
  tags                                                         = map(string)
  tags_all                                                     = computed(map(string))
  vpc_id                                                       = computed(string)
  xff_header_processing_mode                                   = optional(string, "append")
  zone_id                                                      = computed(string)
  list "access_logs" {
    bucket  = string
    enabled = optional(bool, false)
    prefix  = string
  }
  list "connection_logs" {
    bucket  = string
    enabled = optional(bool, false)
    prefix  = string
  }
  list "health_check_logs" {
    bucket  = string
    enabled = optional(bool, false)
    prefix  = string
  }
  list "ipam_pools" {
    ipv4_ipam_pool_id = string
  }
  list "minimum_load_balancer_capacity" {
    capacity_units = number
  }
  set "subnet_mapping" "computed" {
    allocation_id        = string
    ipv6_address         = string
    outpost_id           = computed(string)
    private_ipv4_address = string
    subnet_id            = string
  }
  single "timeouts" {
    create = string
    delete = string
    update = string
  }
}

resource "aws_lb_listener" {
  alpn_policy              = string
  arn                      = computed(string)
  certificate_arn          = string
  id                       = computed(string)
  load_balancer_arn        = string
  port                     = number
  protocol                 = computed(string)
  region                   = optional(string, region)
  ssl_policy               = computed(string)
  tags                     = map(string)
  tags_all                 = computed(map(string))
  tcp_idle_timeout_seconds = computed(number)
  list "default_action" {
    order            = computed(number)
    target_group_arn = string
    type             = string
    list "authenticate_cognito" {}
    list "authenticate_oidc" {}
    list "fixed_response" {
      content_type = string
      message_body = string
      status_code  = computed(string)
    }
    list "forward" {
      list "stickiness" {
        duration = number
        enabled  = optional(bool, false)
      }
      set "target_group" {
        arn    = string
        weight = optional(number, 1)
      }
    }
    list "jwt_validation" {}
    list "redirect" {
      host        = optional(string, "#{host}")
      path        = optional(string, "/#{path}")
      port        = optional(string, "#{port}")
      protocol    = optional(string, "#{protocol}")
      query       = optional(string, "#{query}")
      status_code = string
    }
  }
  list "mutual_authentication" "computed" {
    mode            = string
    trust_store_arn = string
  }
  single "timeouts" {
    create = string
    update = string
  }
}

resource "aws_lb_target_group" {
  arn                                = computed(string)
  arn_suffix                         = computed(string)
  connection_termination             = computed(bool)
  deregistration_delay               = optional(string, "300")
  id                                 = computed(string)
  ip_address_type                    = computed(string)
  lambda_multi_value_headers_enabled = optional(bool, false)
  load_balancer_arns                 = computed(set(string))
  load_balancing_algorithm_type      = computed(string)
  load_balancing_anomaly_mitigation  = computed(string)
  load_balancing_cross_zone_enabled  = computed(string)
  name                               = computed(string)
  name_prefix                        = computed(string)
  port                               = number
  preserve_client_ip                 = computed(string)
  protocol                           = string
  protocol_version                   = computed(string)
  proxy_protocol_v2                  = optional(bool, false)
  region                             = optional(string, region)
  slow_start                         = optional(number, 0)
  tags                               = map(string)
  tags_all                           = computed(map(string))
  target_control_port                = number
  target_type                        = optional(string, "instance")
  vpc_id                             = string
  list "health_check" "computed" {
    enabled             = optional(bool, true)
    healthy_threshold   = optional(number, 3)
    interval            = optional(number, 30)
    matcher             = computed(string)
    path                = computed(string)
    port                = optional(string, "traffic-port")
    protocol            = optional(string, "HTTP")
    timeout             = computed(number)
    unhealthy_threshold = optional(number, 3)
  }
  list "stickiness" "computed" {
    cookie_duration = optional(number, 86400)
    cookie_name     = string
    enabled         = optional(bool, true)
    type            = string
  }
  list "target_failover" "computed" {
    on_deregistration = string
    on_unhealthy      = string
  }
  list "target_group_health" "computed" {}
  list "target_health_state" "computed" {
    enable_unhealthy_connection_termination = bool
    unhealthy_draining_interval             = optional(number, 0)
  }
}

resource "aws_lb_target_group_attachment" {
  availability_zone = string
  id                = computed(string)
  port              = number
  quic_server_id    = string
  region            = optional(string, region)
  target_group_arn  = string
  target_id         = string
}

resource "aws_ecs_cluster" {
  arn      = computed(string)
  id       = computed(string)
  name     = string
  region   = optional(string, region)
  tags     = map(string)
  tags_all = computed(map(string))
  list "configuration" {}
  list "service_connect_defaults" {
    namespace = string
  }
  set "setting" "computed" {
    name  = string
    value = string
  }
}

resource "aws_ecs_service" {
  schema_version                     = 1
  arn                                = computed(string)
  availability_zone_rebalancing      = computed(string)
  cluster                            = computed(string)
  deployment_maximum_percent         = optional(number, 200)
  deployment_minimum_healthy_percent = optional(number, 100)
  desired_count                      = number
  enable_ecs_managed_tags            = optional(bool, false)
  enable_execute_command             = optional(bool, false)
  force_delete                       = bool
  force_new_deployment               = bool
  health_check_grace_period_seconds  = number
  iam_role                           = computed(string)
  id                                 = computed(string)
  launch_type                        = computed(string)
  name                               = string
  platform_version                   = computed(string)
  propagate_tags                     = string
  region                             = optional(string, region)
  scheduling_strategy                = optional(string, "REPLICA")
  sigint_rollback                    = bool
  tags                               = map(string)
  tags_all                           = computed(map(string))
  task_definition                    = string
  triggers                           = computed(map(string))
  wait_for_steady_state              = optional(bool, false)
  list "alarms" {
    alarm_names = set(string)
    enable      = bool
    rollback    = bool
  }
  set "capacity_provider_strategy" {
    base              = number
    capacity_provider = string
    weight            = number
  }
  list "deployment_circuit_breaker" {
    enable   = bool
    rollback = bool
  }
  list "deployment_configuration" "computed" {
    bake_time_in_minutes = computed(string)
    strategy             = computed(string)
  }
  list "deployment_controller" {
    type = optional(string, "ECS")
  }
  set "load_balancer" {
    container_name   = string
    container_port   = number
    elb_name         = string
    target_group_arn = string
    list "advanced_configuration" {
      alternate_target_group_arn = string
      production_listener_rule   = string
      role_arn                   = string
      test_listener_rule         = string
    }
  }
  list "network_configuration" {
    assign_public_ip = optional(bool, false)
    security_groups  = set(string)
    subnets          = set(string)
  }
  list "ordered_placement_strategy" {
    field = string
    type  = string
  }
  set "placement_constraints" {
    expression = string
    type       = string
  }
  list "service_connect_configuration" {}
  list "service_registries" {}
  list "volume_configuration" {}
  set "vpc_lattice_configurations" {}
  single "timeouts" {
    create = string
    delete = string
    update = string
  }
}

resource "aws_ecs_task_definition" {
  schema_version           = 1
  arn                      = computed(string)
  arn_without_revision     = computed(string)
  container_definitions    = string
  cpu                      = string
  enable_fault_injection   = computed(bool)
  execution_role_arn       = string
  family                   = string
  id                       = computed(string)
  ipc_mode                 = string
  memory                   = string
  network_mode             = computed(string)
  pid_mode                 = string
  region                   = optional(string, region)
  requires_compatibilities = set(string)
  revision                 = computed(number)
  skip_destroy             = optional(bool, false)
  tags                     = map(string)
  tags_all                 = computed(map(string))
  task_role_arn            = string
  track_latest             = optional(bool, false)
  list "ephemeral_storage" {
    size_in_gib = number
  }
  set "placement_constraints" {
    expression = string
    type       = string
  }
  list "proxy_configuration" {}
  list "runtime_platform" {
    cpu_architecture        = string
    operating_system_family = string
  }
  set "volume" {
    configure_at_launch = computed(bool)
    host_path           = string
    name                = string
  }
}

resource "aws_iam_role" {
  arn                   = computed(string)
  assume_role_policy    = string
  create_date           = computed(string)
  description           = string
  force_detach_policies = optional(bool, false)
  id                    = computed(string)
  managed_policy_arns   = computed(set(string))
  max_session_duration  = optional(number, 3600)
  name                  = computed(string)
  name_prefix           = computed(string)
  path                  = optional(string, "/")
  permissions_boundary  = string
  tags                  = map(string)
  tags_all              = computed(map(string))
  unique_id             = computed(string)
  set "inline_policy" "computed" {
    name   = string
    policy = string
  }
}

resource "aws_iam_role_policy_attachment" {
  id         = computed(string)
  policy_arn = string
  role       = string
}

resource "aws_iam_instance_profile" {
  arn         = computed(string)
  create_date = computed(string)
  id          = computed(string)
  name        = computed(string)
  name_prefix = computed(string)
  path        = optional(string, "/")
  role        = string
  tags        = map(string)
  tags_all    = computed(map(string))
  unique_id   = computed(string)
}

resource "aws_networkfirewall_firewall" {
  arn                                 = computed(string)
  availability_zone_change_protection = optional(bool, false)
  delete_protection                   = optional(bool, false)
  description                         = string
  enabled_analysis_types              = computed(set(string))
  firewall_policy_arn                 = string
  firewall_policy_change_protection   = bool
  firewall_status                     = computed(list(any))
  id                                  = computed(string)
  name                                = string
  region                              = optional(string, region)
  subnet_change_protection            = bool
  tags                                = map(string)
  tags_all                            = computed(map(string))
  transit_gateway_id                  = string
  transit_gateway_owner_account_id    = computed(string)
  update_token                        = computed(string)
  vpc_id                              = string
  set "availability_zone_mapping" {
    availability_zone_id = string
  }
  list "encryption_configuration" {
    key_id = string
    type   = string
  }
  set "subnet_mapping" {
    ip_address_type = computed(string)
    subnet_id       = string
  }
  single "timeouts" {
    create = string
    delete = string
    update = string
  }
}

resource "aws_networkfirewall_firewall_policy" {
  arn          = computed(string)
  description  = string
  id           = computed(string)
  name         = string
  region       = optional(string, region)
  tags         = map(string)
  tags_all     = computed(map(string))
  update_token = computed(string)
  list "encryption_configuration" {
    key_id = string
    type   = string
  }
  list "firewall_policy" {
    stateful_default_actions           = set(string)
    stateless_default_actions          = set(string)
    stateless_fragment_default_actions = set(string)
    tls_inspection_configuration_arn   = string
    list "policy_variables" {}
    list "stateful_engine_options" {
      rule_order              = string
      stream_exception_policy = string
    }
    set "stateful_rule_group_reference" {
      priority     = number
      resource_arn = string
    }
    set "stateless_custom_action" {}
    set "stateless_rule_group_reference" {
      priority     = number
      resource_arn = string
    }
  }
}

resource "aws_s3_bucket" {
  acceleration_status         = computed(string)
  acl                         = computed(string)
  arn                         = computed(string)
  bucket                      = computed(string)
  bucket_domain_name          = computed(string)
  bucket_prefix               = computed(string)
  bucket_region               = computed(string)
  bucket_regional_domain_name = computed(string)
  force_destroy               = optional(bool, false)
  hosted_zone_id              = computed(string)
  id                          = computed(string)
  object_lock_enabled         = computed(bool)
  policy                      = computed(string)
  region                      = optional(string, region)
  request_payer               = computed(string)
  tags                        = map(string)
  tags_all                    = computed(map(string))
  website_domain              = computed(string)
  website_endpoint            = computed(string)
  list "cors_rule" "computed" {}
  set "grant" "computed" {}
  list "lifecycle_rule" "computed" {}
  list "logging" "computed" {}
  list "object_lock_configuration" "computed" {}
  list "replication_configuration" "computed" {}
  list "server_side_encryption_configuration" "computed" {}
  list "versioning" "computed" {}
  list "website" "computed" {}
  single "timeouts" {
    create = string
    delete = string
    read   = string
    update = string
  }
}

resource "aws_s3_bucket_public_access_block" {
  block_public_acls       = optional(bool, false)
  block_public_policy     = optional(bool, false)
  bucket                  = string
  id                      = computed(string)
  ignore_public_acls      = optional(bool, false)
  region                  = optional(string, region)
  restrict_public_buckets = optional(bool, false)
  skip_destroy            = bool
}

resource "aws_db_subnet_group" {
  arn                     = computed(string)
  description             = optional(string, "Managed by Terraform")
  id                      = computed(string)
  name                    = computed(string)
  name_prefix             = computed(string)
  region                  = optional(string, region)
  subnet_ids              = set(string)
  supported_network_types = computed(set(string))
  tags                    = map(string)
  tags_all                = computed(map(string))
  vpc_id                  = computed(string)
}

resource "aws_db_instance" {
  schema_version                        = 2
  address                               = computed(string)
  allocated_storage                     = computed(number)
  allow_major_version_upgrade           = bool
  apply_immediately                     = optional(bool, false)
  arn                                   = computed(string)
  auto_minor_version_upgrade            = optional(bool, true)
  availability_zone                     = computed(string)
  backup_retention_period               = computed(number)
  backup_target                         = computed(string)
  backup_window                         = computed(string)
  ca_cert_identifier                    = computed(string)
  character_set_name                    = computed(string)
  copy_tags_to_snapshot                 = optional(bool, false)
  custom_iam_instance_profile           = string
  customer_owned_ip_enabled             = bool
  database_insights_mode                = computed(string)
  db_name                               = computed(string)
  db_subnet_group_name                  = computed(string)
  dedicated_log_volume                  = optional(bool, false)
  delete_automated_backups              = optional(bool, true)
  deletion_protection                   = bool
  domain                                = string
  domain_auth_secret_arn                = string
  domain_dns_ips                        = set(string)
  domain_fqdn                           = computed(string)
  domain_iam_role_name                  = string
  domain_ou                             = string
  enabled_cloudwatch_logs_exports       = set(string)
  endpoint                              = computed(string)
  engine                                = computed(string)
  engine_lifecycle_support              = computed(string)
  engine_version                        = computed(string)
  engine_version_actual                 = computed(string)
  final_snapshot_identifier             = string
  hosted_zone_id                        = computed(string)
  iam_database_authentication_enabled   = bool
  id                                    = computed(string)
  identifier                            = computed(string)
  identifier_prefix                     = computed(string)
  instance_class                        = string
  iops                                  = computed(number)
  kms_key_id                            = computed(string)
  latest_restorable_time                = computed(string)
  license_model                         = computed(string)
  listener_endpoint                     = computed(list(any))
  maintenance_window                    = computed(string)
  manage_master_user_password           = bool
  master_user_secret                    = computed(list(any))
  master_user_secret_kms_key_id         = computed(string)
  max_allocated_storage                 = number
  monitoring_interval                   = optional(number, 0)
  monitoring_role_arn                   = computed(string)
  multi_az                              = computed(bool)
  nchar_character_set_name              = computed(string)
  network_type                          = computed(string)
  option_group_name                     = computed(string)
  parameter_group_name                  = computed(string)
  password                              = sensitive(string)
  password_wo                           = sensitive(string)
  password_wo_version                   = number
  performance_insights_enabled          = optional(bool, false)
  performance_insights_kms_key_id       = computed(string)
  performance_insights_retention_period = computed(number)
  port                                  = computed(number)
  publicly_accessible                   = optional(bool, false)
  region                                = optional(string, region)
  replica_mode                          = computed(string)
  replicas                              = computed(list(string))
  replicate_source_db                   = string
  resource_id                           = computed(string)
  skip_final_snapshot                   = optional(bool, false)
  snapshot_identifier                   = computed(string)
  status                                = computed(string)
  storage_encrypted                     = bool
  storage_throughput                    = computed(number)
  storage_type                          = computed(string)
  tags                                  = map(string)
  tags_all                              = computed(map(string))
  timezone                              = computed(string)
  upgrade_rollout_order                 = computed(string)
  upgrade_storage_config                = bool
  username                              = computed(string)
  vpc_security_group_ids                = computed(set(string))
  list "blue_green_update" {
    enabled = bool
  }
  list "restore_to_point_in_time" {}
  list "s3_import" {}
  single "timeouts" {
    create = string
    delete = string
    update = string
  }
}

resource "aws_rds_cluster" {
  schema_version                        = 1
  allocated_storage                     = computed(number)
  allow_major_version_upgrade           = bool
  apply_immediately                     = computed(bool)
  arn                                   = computed(string)
  auto_minor_version_upgrade            = computed(bool)
  availability_zones                    = computed(set(string))
  backtrack_window                      = number
  backup_retention_period               = computed(number)
  ca_certificate_identifier             = computed(string)
  ca_certificate_valid_till             = computed(string)
  cluster_identifier                    = computed(string)
  cluster_identifier_prefix             = computed(string)
  cluster_members                       = computed(set(string))
  cluster_resource_id                   = computed(string)
  cluster_scalability_type              = computed(string)
  copy_tags_to_snapshot                 = optional(bool, false)
  database_insights_mode                = computed(string)
  database_name                         = computed(string)
  db_cluster_instance_class             = string
  db_cluster_parameter_group_name       = computed(string)
  db_instance_parameter_group_name      = string
  db_subnet_group_name                  = computed(string)
  db_system_id                          = computed(string)
  delete_automated_backups              = optional(bool, true)
  deletion_protection                   = bool
  domain                                = string
  domain_iam_role_name                  = string
  enable_global_write_forwarding        = optional(bool, false)
  enable_http_endpoint                  = optional(bool, false)
  enable_local_write_forwarding         = optional(bool, false)
  enabled_cloudwatch_logs_exports       = set(string)
  endpoint                              = computed(string)
  engine                                = string
  engine_lifecycle_support              = computed(string)
  engine_mode                           = optional(string, "provisioned")
  engine_version                        = computed(string)
  engine_version_actual                 = computed(string)
  final_snapshot_identifier             = string
  global_cluster_identifier             = string
  hosted_zone_id                        = computed(string)
  iam_database_authentication_enabled   = bool
  iam_roles                             = computed(set(string))
  id                                    = computed(string)
  iops                                  = number
  kms_key_id                            = computed(string)
  manage_master_user_password           = bool
  master_password                       = sensitive(string)
  master_password_wo                    = sensitive(string)
  master_password_wo_version            = number
  master_user_secret                    = computed(list(any))
  master_user_secret_kms_key_id         = computed(string)
  master_username                       = computed(string)
  monitoring_interval                   = computed(number)
  monitoring_role_arn                   = computed(string)
  network_type                          = computed(string)
  performance_insights_enabled          = bool
  performance_insights_kms_key_id       = computed(string)
  performance_insights_retention_period = computed(number)
  port                                  = computed(number)
  preferred_backup_window               = computed(string)
  preferred_maintenance_window          = computed(string)
  reader_endpoint                       = computed(string)
  region                                = optional(string, region)
  replication_source_identifier         = string
  skip_final_snapshot                   = optional(bool, false)
  snapshot_identifier                   = string
  source_region                         = string
  storage_encrypted                     = computed(bool)
  storage_type                          = computed(string)
  tags                                  = map(string)
  tags_all                              = computed(map(string))
  upgrade_rollout_order                 = computed(string)
  vpc_security_group_ids                = computed(set(string))
  list "restore_to_point_in_time" {}
  list "s3_import" {}
  list "scaling_configuration" {
    auto_pause               = optional(bool, true)
    max_capacity             = optional(number, 16)
    min_capacity             = optional(number, 1)
    seconds_before_timeout   = optional(number, 300)
    seconds_until_auto_pause = optional(number, 300)
    timeout_action           = optional(string, "RollbackCapacityChange")
  }
  list "serverlessv2_scaling_configuration" {
    max_capacity             = number
    min_capacity             = number
    seconds_until_auto_pause = computed(number)
  }
  single "timeouts" {
    create = string
    delete = string
    update = string
  }
}

resource "aws_rds_cluster_instance" {
  apply_immediately                     = computed(bool)
  arn                                   = computed(string)
  auto_minor_version_upgrade            = optional(bool, true)
  availability_zone                     = computed(string)
  ca_cert_identifier                    = computed(string)
  cluster_identifier                    = string
  copy_tags_to_snapshot                 = optional(bool, false)
  custom_iam_instance_profile           = string
  db_parameter_group_name               = computed(string)
  db_subnet_group_name                  = computed(string)
  dbi_resource_id                       = computed(string)
  endpoint                              = computed(string)
  engine                                = string
  engine_version                        = computed(string)
  engine_version_actual                 = computed(string)
  force_destroy                         = optional(bool, false)
  id                                    = computed(string)
  identifier                            = computed(string)
  identifier_prefix                     = computed(string)
  instance_class                        = string
  kms_key_id                            = computed(string)
  monitoring_interval                   = optional(number, 0)
  monitoring_role_arn                   = computed(string)
  network_type                          = computed(string)
  performance_insights_enabled          = computed(bool)
  performance_insights_kms_key_id       = computed(string)
  performance_insights_retention_period = computed(number)
  port                                  = computed(number)
  preferred_backup_window               = computed(string)
  preferred_maintenance_window          = computed(string)
  promotion_tier                        = optional(number, 0)
  publicly_accessible                   = computed(bool)
  region                                = optional(string, region)
  storage_encrypted                     = computed(bool)
  tags                                  = map(string)
  tags_all                              = computed(map(string))
  writer                                = computed(bool)
  single "timeouts" {
    create = string
    delete = string
    update = string
  }
}

resource "aws_route53_record" {
  schema_version                   = 2
  allow_overwrite                  = computed(bool)
  fqdn                             = computed(string)
  health_check_id                  = string
  id                               = computed(string)
  multivalue_answer_routing_policy = bool
  name                             = string
  records                          = set(string)
  set_identifier                   = string
  ttl                              = number
  type                             = string
  zone_id                          = string
  list "alias" {
    evaluate_target_health = bool
    name                   = string
    zone_id                = string
  }
  list "cidr_routing_policy" {
    collection_id = string
    location_name = string
  }
  list "failover_routing_policy" {
    type = string
  }
  list "geolocation_routing_policy" {
    continent   = string
    country     = string
    subdivision = string
  }
  list "geoproximity_routing_policy" {}
  list "latency_routing_policy" {
    region = string
  }
  list "weighted_routing_policy" {
    weight = number
  }
  single "timeouts" {
    create = string
    delete = string
    update = string
  }
}

resource "aws_kinesis_stream" {
  schema_version            = 1
  arn                       = computed(string)
  encryption_type           = optional(string, "NONE")
  enforce_consumer_deletion = optional(bool, false)
  id                        = computed(string)
  kms_key_id                = string
  max_record_size_in_kib    = computed(number)
  name                      = string
  region                    = optional(string, region)
  retention_period          = optional(number, 24)
  shard_count               = number
  shard_level_metrics       = set(string)
  tags                      = map(string)
  tags_all                  = computed(map(string))
  list "stream_mode_details" "computed" {
    stream_mode = string
  }
  single "timeouts" {
    create = string
    delete = string
    update = string
  }
}

resource "aws_lambda_function" {
  architectures                      = computed(list(string))
  arn                                = computed(string)
  code_sha256                        = computed(string)
  code_signing_config_arn            = string
  description                        = string
  filename                           = string
  function_name                      = string
  handler                            = string
  id                                 = computed(string)
  image_uri                          = string
  invoke_arn                         = computed(string)
  kms_key_arn                        = string
  last_modified                      = computed(string)
  layers                             = list(string)
  memory_size                        = optional(number, 128)
  package_type                       = optional(string, "Zip")
  publish                            = optional(bool, false)
  publish_to                         = string
  qualified_arn                      = computed(string)
  qualified_invoke_arn               = computed(string)
  region                             = optional(string, region)
  replace_security_groups_on_destroy = bool
  replacement_security_group_ids     = set(string)
  reserved_concurrent_executions     = optional(number, -1)
  response_streaming_invoke_arn      = computed(string)
  role                               = string
  runtime                            = string
  s3_bucket                          = string
  s3_key                             = string
  s3_object_version                  = string
  signing_job_arn                    = computed(string)
  signing_profile_version_arn        = computed(string)
  skip_destroy                       = optional(bool, false)
  source_code_hash                   = computed(string)
  source_code_size                   = computed(number)
  source_kms_key_arn                 = string
  tags                               = map(string)
  tags_all                           = computed(map(string))
  timeout                            = optional(number, 3)
  version                            = computed(string)
  list "capacity_provider_config" {}
  list "dead_letter_config" {
    target_arn = string
  }
  list "durable_config" {
    execution_timeout = number
    retention_period  = optional(number, 14)
  }
  list "environment" {
    variables = map(string)
  }
  list "ephemeral_storage" "computed" {
    size = computed(number)
  }
  list "file_system_config" {
    arn              = string
    local_mount_path = string
  }
  list "image_config" {
    command           = list(string)
    entry_point       = list(string)
    working_directory = string
  }
  list "logging_config" "computed" {
    application_log_level = optional(string, "")
    log_format            = string
    log_group             = computed(string)
    system_log_level      = optional(string, "")
  }
  list "snap_start" {
    apply_on            = string
    optimization_status = computed(string)
  }
  list "tenancy_config" {
    tenant_isolation_mode = string
  }
  list "tracing_config" "computed" {
    mode = string
  }
  list "vpc_config" {
    ipv6_allowed_for_dual_stack = optional(bool, false)
    security_group_ids          = set(string)
    subnet_ids                  = set(string)
    vpc_id                      = computed(string)
  }
  single "timeouts" {
    create = string
    delete = string
    update = string
  }
}

resource "aws_lambda_event_source_mapping" {
  arn                                = computed(string)
  batch_size                         = number
  bisect_batch_on_function_error     = bool
  enabled                            = optional(bool, true)
  event_source_arn                   = string
  function_arn                       = computed(string)
  function_name                      = string
  function_response_types            = set(string)
  id                                 = computed(string)
  kms_key_arn                        = string
  last_modified                      = computed(string)
  last_processing_result             = computed(string)
  maximum_batching_window_in_seconds = number
  maximum_record_age_in_seconds      = computed(number)
  maximum_retry_attempts             = computed(number)
  parallelization_factor             = computed(number)
  queues                             = list(string)
  region                             = optional(string, region)
  starting_position                  = string
  starting_position_timestamp        = string
  state                              = computed(string)
  state_transition_reason            = computed(string)
  tags                               = map(string)
  tags_all                           = computed(map(string))
  topics                             = set(string)
  tumbling_window_in_seconds         = number
  uuid                               = computed(string)
  list "amazon_managed_kafka_event_source_config" "computed" {}
  list "destination_config" {
    list "on_failure" {
      destination_arn = string
    }
  }
  list "document_db_event_source_config" {
    collection_name = string
    database_name   = string
    full_document   = optional(string, "Default")
  }
  list "filter_criteria" {
    set "filter" {
      pattern = string
    }
  }
  list "metrics_config" {
    metrics = set(string)
  }
  list "provisioned_poller_config" {
    maximum_pollers = computed(number)
    minimum_pollers = computed(number)
  }
  list "scaling_config" {
    maximum_concurrency = number
  }
  list "self_managed_event_source" {
    endpoints = map(string)
  }
  list "self_managed_kafka_event_source_config" "computed" {}
  set "source_access_configuration" {
    type = string
    uri  = string
  }
}

resource "aws_dynamodb_table" {
  schema_version              = 1
  arn                         = computed(string)
  billing_mode                = optional(string, "PROVISIONED")
  deletion_protection_enabled = bool
  hash_key                    = computed(string)
  id                          = computed(string)
  name                        = string
  range_key                   = string
  read_capacity               = computed(number)
  region                      = optional(string, region)
  restore_date_time           = string
  restore_source_name         = string
  restore_source_table_arn    = string
  restore_to_latest_time      = bool
  stream_arn                  = computed(string)
  stream_enabled              = bool
  stream_label                = computed(string)
  stream_view_type            = computed(string)
  table_class                 = string
  tags                        = map(string)
  tags_all                    = computed(map(string))
  write_capacity              = computed(number)
  set "attribute" "computed" {
    name = string
    type = string
  }
  set "global_secondary_index" {}
  list "global_table_witness" {}
  list "import_table" {}
  set "local_secondary_index" {
    name               = string
    non_key_attributes = list(string)
    projection_type    = string
    range_key          = string
  }
  list "on_demand_throughput" {
    max_read_request_units  = computed(number)
    max_write_request_units = computed(number)
  }
  list "point_in_time_recovery" "computed" {
    enabled                 = bool
    recovery_period_in_days = computed(number)
  }
  set "replica" {}
  list "server_side_encryption" "computed" {
    enabled     = bool
    kms_key_arn = computed(string)
  }
  list "ttl" "computed" {
    attribute_name = string
    enabled        = optional(bool, false)
  }
  list "warm_throughput" "computed" {
    read_units_per_second  = computed(number)
    write_units_per_second = computed(number)
  }
  single "timeouts" {
    create = string
    delete = string
    update = string
  }
}

resource "aws_apigatewayv2_api" {
  api_endpoint                 = computed(string)
  api_key_selection_expression = optional(string, "$request.header.x-api-key")
  arn                          = computed(string)
  body                         = string
  credentials_arn              = string
  description                  = string
  disable_execute_api_endpoint = bool
  execution_arn                = computed(string)
  fail_on_warnings             = bool
  id                           = computed(string)
  ip_address_type              = computed(string)
  name                         = string
  protocol_type                = string
  region                       = optional(string, region)
  route_key                    = string
  route_selection_expression   = optional(string, "$request.method $request.path")
  tags                         = map(string)
  tags_all                     = computed(map(string))
  target                       = string
  version                      = string
  list "cors_configuration" {
    allow_credentials = bool
    allow_headers     = set(string)
    allow_methods     = set(string)
    allow_origins     = set(string)
    expose_headers    = set(string)
    max_age           = number
  }
}

resource "aws_apigatewayv2_route" {
  api_id                              = string
  api_key_required                    = optional(bool, false)
  authorization_scopes                = set(string)
  authorization_type                  = optional(string, "NONE")
  authorizer_id                       = string
  id                                  = computed(string)
  model_selection_expression          = string
  operation_name                      = string
  region                              = optional(string, region)
  request_models                      = map(string)
  route_key                           = string
  route_response_selection_expression = string
  target                              = string
  set "request_parameter" {
    request_parameter_key = string
    required              = bool
  }
}

data "aws_availability_zones" {
  all_availability_zones = bool
  exclude_names          = set(string)
  exclude_zone_ids       = set(string)
  group_names            = optional(set(string), [region])
  id                     = optional(string, region)
  names                  = optional(list(string), ["${region}a", "${region}b", "${region}c"])
  region                 = optional(string, region)
  state                  = string
  zone_ids               = optional(list(string), ["az1", "az2", "az3"])
  set "filter" {
    name   = string
    values = set(string)
  }
  single "timeouts" {
    read = string
  }
}

data "aws_region" {
  description = optional(string, "Region ${region}")
  endpoint    = optional(string, "ec2.${region}.amazonaws.com")
  id          = optional(string, region)
  name        = optional(string, region)
  region      = optional(string, region)
}

data "aws_partition" {
  dns_suffix         = optional(string, "amazonaws.com")
  id                 = optional(string, "aws")
  partition          = optional(string, "aws")
  reverse_dns_prefix = optional(string, "com.amazonaws")
}

data "aws_ssm_parameter" {
  arn             = optional(string, "arn:aws:ssm:${region}::parameter${self.name}")
  id              = optional(string, self.name)
  insecure_value  = optional(string, "ami-0a1b2c3d4e5f60718")
  name            = string
  region          = optional(string, region)
  type            = optional(string, "String")
  value           = sensitive(string, "ami-0a1b2c3d4e5f60718")
  version         = optional(number, 1)
  with_decryption = optional(bool, true)
}
