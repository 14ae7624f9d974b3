# Terraform's own resource type, in all the ways in which the architectures use those of AWS: the test beside it
# holds the generator against what Terraform printed for this.

variable "zones" {
  type        = map(object({ number = number, public = optional(bool, false) }))
  description = "the zones, by name"
}

variable "replicas" {
  type    = number
  default = 2

  validation {
    condition     = var.replicas > 0
    error_message = "At least one."
  }
}

variable "token" {
  type      = string
  default   = "secret"
  sensitive = true
}

variable "absent" {
  default = null
}

locals {
  name   = "shop"
  prefix = "${local.name}-${terraform_data.network.id}"
  public = [for name, zone in var.zones : name if zone.public]
}

resource "terraform_data" "network" {
  input = { name = local.name, nothing = null, empty = [], none = {} }
}

resource "terraform_data" "bare" {}

resource "terraform_data" "replica" {
  count            = var.replicas
  input            = { index = count.index, network = terraform_data.network.id, mixed = [terraform_data.network.id, "b"], nested = { id = terraform_data.network.id, port = 80 } }
  triggers_replace = [local.prefix, 1, toset(["b", "a", "b"]), upper("x"), -1, !true, "a${1}"]
  depends_on       = [module.tier]
}

resource "terraform_data" "zone" {
  for_each         = var.zones
  input            = "${each.key}-${each.value.number + 1}"
  triggers_replace = terraform_data.replica[0].id

  lifecycle {
    create_before_destroy = true
  }
}

resource "terraform_data" "references" {
  input = terraform_data.replica[*].id
  triggers_replace = [
    { for key, it in terraform_data.zone : key => it.id if key != "c" },
    terraform_data.zone["a"].input,
    terraform_data.zone["a"].output,
    terraform_data.replica[var.replicas - 1].id,
    values(terraform_data.zone)[*].id,
    module.tier["web"].ids["a"],
    module.tier["web"].first,
    [for key, it in module.tier : it.first],
    module.tier,
    local.public,
    one(terraform_data.replica[*].input.index == [] ? [] : [1]),
    length(terraform_data.replica),
    terraform_data.bare.id == "x",
    merge({ a = terraform_data.bare.id }, { b = 1 }),
    concat([terraform_data.bare.id], [2]),
    flatten([[1], [[2, terraform_data.bare.id]]]),
    zipmap(["x"], [terraform_data.bare.id]),
    slice(["a", "b", "c"], 0, 2),
    cidrsubnet("10.0.0.0/16", 8, 3),
    jsonencode({ a = [1, null], b = "x" }),
    jsonencode({ id = terraform_data.bare.id }),
    keys(var.zones),
    toset([terraform_data.bare.id, "b", "a"]),
    toset([10, 9]),
  ]
}

resource "terraform_data" "secret" {
  input            = { token = var.token, header = "Bearer ${var.token}", list = [var.token, 1], choice = var.token == "secret" ? "a" : "b" }
  triggers_replace = { for number in [1, 2] : number => number }
}

module "tier" {
  source   = "./tier"
  for_each = { web = 1, app = 2 }
  number   = each.value
  network  = terraform_data.network.id
  zones    = [for name, zone in var.zones : name]
}

module "single" {
  source     = "./tier/zone"
  count      = 1
  network    = terraform_data.network.output
  name       = local.name
  depends_on = [terraform_data.bare]
}

output "ids" {
  value       = terraform_data.replica[*].id
  description = "of the replicas"
}

output "mixed" {
  value = { id = terraform_data.bare.id, name = "known" }
}

output "known" {
  value = { name = local.name, list = [1, "a", true] }
}

output "token" {
  value     = var.token
  sensitive = true
}

output "nothing" {
  value = null
}

output "single" {
  value = module.single[0].id
}
