#!/usr/bin/env python3
"""Writes host/src/source/redaction/table.rs: which properties of which resource types hold secrets.

    python3 -m pip install cfn-lint==1.51.0 botocore==1.43.11
    python3 xtask/secret_properties.py

A property is in the table if its type's registry schema has it (as cfn-lint packs the schemas), and
- the schema lets it be written but never read, and its name is one of WRITTEN_ONLY; or
- AWS's service model (as botocore packs it) marks it as sensitive, and it is a text or a map of texts.
What the names of secrets tell anyway (`redaction/names.rs`) and what only describes a thing (DESCRIBES) is left
out. Only the facts are taken: type names and property names.
"""
import glob
import gzip
import importlib.metadata
import json
import os
import re

import botocore
import cfnlint

# Of the properties that can only be written most are switches and sources. These hold what is to be kept.
WRITTEN_ONLY = set("""AccessString AuthParameters AuthenticationMaterial BasicAuthConfig BodyParameters Data
    EnvironmentVariables HeaderParameters KerberosKeytab QueryStringParameters TunnelOptions ValidationData""".split())
# Sensitive to AWS because it may name a person or a customer's thing; rules and their readers need it.
DESCRIBES = re.compile(
    r"""(name|names|description|comment|title|id|ids|arn|arns|uri|label|labels|key|email|emailaddress|schedule|port|prefix
    |type|bucket|database|schema|table|column|columnname|role|prompt|instruction|instructions|text|message|expression
    |definition|dashboard|path|pattern|tags|address|addresses|query|statement|certificate|certificatechain|status
    |location|locations|source|user|username|format|domain|enabled|s3|model|event|form|time|note|notes|sql|sqls|code
    |buildspec|policy|constant|customvalue|staticvalue|datavalue|condition|prompts|input|output|subject|file|body
    |value|values|attributes|phone|phonenumber|iprange|action|scope|createdby|document|capacityprovider|virtualhost|filters
    |conditions|statistic|criteria|groupclaim|principalidclaim|cedarjson|graphqloperation|template|workingdirectory
    |reportsdestination|textprompttemplate|messaging|naturallanguage|owner|ownerinformation|fingerprint|politicalview
    |keywordregex|patternregex|inputtemplate|nullstring|onclause|cellvalue|instructionsstring|selectionrules
    |securitydbencryption|desktopendpoint|termsofservice|brand|classification|events|eventvariables|articlenumber
    |serialnumber|recipe|instancealias
    |rule|conditionexpression|topics|examples|example|metadata|count|forms|topic|field|fields|cron|suffix)$""", re.VERBOSE)
# What they mark is about people and their conversations, not about getting in.
PERSONAL = {"AWS::Connect", "AWS::CustomerProfiles", "AWS::Wisdom", "AWS::FraudDetector", "AWS::CleanRooms",
            "AWS::AuditManager", "AWS::Lightsail", "AWS::LaunchWizard"}
# Folders of botocore by the second part of a type's name, where the two differ.
SERVICES = {
    "AmazonMQ": "mq", "CertificateManager": "acm", "Cognito": "cognito-idp", "DirectoryService": "ds",
    "ElasticLoadBalancingV2": "elbv2", "Elasticsearch": "es", "KinesisFirehose": "firehose", "MSK": "kafka",
    "OpenSearchService": "opensearch", "RedshiftServerless": "redshift-serverless", "StepFunctions": "stepfunctions",
}


def normal(name):
    return re.sub(r"[^a-z0-9]", "", name.lower())


def sensitive_of_services():
    found = {}
    root = os.path.join(os.path.dirname(botocore.__file__), "data")
    for service in sorted(os.listdir(root)):
        models = sorted(glob.glob(f"{root}/{service}/*/service-2.json*"))
        if not models:
            continue
        with (gzip.open if models[-1].endswith("gz") else open)(models[-1], "rt") as file:
            shapes = json.load(file)["shapes"]
        names = set()
        for shape in shapes.values():
            for name, member in shape.get("members", {}).items():
                its = shapes[member["shape"]]
                value = shapes[its["value"]["shape"]] if its["type"] == "map" else its
                is_sensitive = member.get("sensitive") or its.get("sensitive") or value.get("sensitive")
                if is_sensitive and value["type"] in ("string", "blob", "map", "structure"):
                    names.add(normal(name))
        found[normal(service)] = names
    return found


def properties(schema):
    """Names of all properties, wherever in the schema."""
    if isinstance(schema, dict):
        for name, inner in schema.items():
            if name == "properties" and isinstance(inner, dict):
                yield from inner
            yield from properties(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from properties(inner)


def net():
    """The endings of names that tell a secret by themselves."""
    with open("host/src/source/redaction/names.rs") as file:
        listed = re.search(r"const ENDINGS: &\[&str\] = &\[(.*?)\];", file.read(), re.S).group(1)
    return tuple(re.findall(r'"([a-z0-9]+)"', listed))


def main():
    sensitive, endings = sensitive_of_services(), net()
    rows = {}
    for file in sorted(glob.glob(os.path.join(os.path.dirname(cfnlint.__file__), "data/schemas/resources/*.json"))):
        with open(file) as text:
            schema = json.load(text)
        kind = schema["typeName"]
        if not kind.startswith("AWS::") or kind.rsplit("::", 1)[0] in PERSONAL:
            continue
        service = kind.split("::")[1]
        its = sensitive.get(normal(SERVICES.get(service, service)), set())
        leaves = {path.rstrip("/*").rsplit("/", 1)[-1] for path in schema.get("writeOnlyProperties", [])}
        names = {name for name in properties(schema) if normal(name) in its and not DESCRIBES.search(normal(name))}
        names |= leaves & WRITTEN_ONLY
        names = {normal(name) for name in names}
        names = {name for name in names if not name.endswith(endings)}
        if names:
            rows.setdefault(kind, set()).update(names)
    version = importlib.metadata.version
    with open("host/src/source/redaction/table.rs", "w") as out:
        out.write(f"""//! Which properties of which types hold secrets, beyond those that are named so. Written by
//! `python3 xtask/secret_properties.py`, which says how; of cfn-lint {version('cfn-lint')} and botocore {version('botocore')}.
//!
//! These are facts of AWS's resource schemas and service models: names of types and of properties, no text of either.

/// By type, sorted: the names of properties, in small letters and sorted.
pub(super) const SECRET_OF: &[(&str, &[&str])] = &[
""")
        for kind, names in sorted(rows.items()):
            out.write(f'    ("{kind}", &[{", ".join(json.dumps(name) for name in sorted(names))}]),\n')
        out.write("];\n")


if __name__ == "__main__":
    main()
