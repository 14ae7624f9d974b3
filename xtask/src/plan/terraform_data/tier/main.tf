variable "number" {
  type = string

  validation {
    condition     = var.number != ""
    error_message = "A tier has a number."
  }
}

variable "network" {}

variable "zones" {
  type = set(string)
}

variable "tags" {
  type    = map(string)
  default = {}
}

resource "terraform_data" "tier" {
  input            = { number = var.number, zones = var.zones, tags = var.tags }
  triggers_replace = [for it in module.zone : it.id]
}

module "zone" {
  source   = "./zone"
  for_each = var.zones
  name     = each.key
  network  = var.network
}

output "ids" {
  value = { for key, it in module.zone : key => it.id }
}

output "first" {
  value = module.zone["a"].id
}
