variable "name" {
  type = string
}

variable "cidr" {
  type = string
}

variable "zones" {
  type = map(object({ name = string, number = number }))
}

locals {
  tiers = { web = 80, cart = 8080, orders = 8081, stock = 8082 }
}

module "vpc" {
  source = "../../../../../fixtures/architectures/mixed-load-balancer-subnets/modules/vpc"
  name   = var.name
  cidr   = var.cidr
  region = "eu-central-1"
  zones  = var.zones
}

module "tier" {
  source            = "./tier"
  for_each          = local.tiers
  name              = "${var.name}-${each.key}"
  port              = each.value
  vpc_id            = module.vpc.id
  public_subnet_ids = values(module.vpc.public_subnet_ids)
  app_subnet_ids    = values(module.vpc.app_subnet_ids)
}

output "dns_names" {
  value = { for name, tier in module.tier : name => tier.dns_name }
}
