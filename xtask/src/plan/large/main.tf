# A plan that grows with one number, of the same shape as real ones: modules in modules, count and for_each,
# references through variables and outputs.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

variable "shops" {
  type    = number
  default = 1
}

data "aws_availability_zones" "available" {
  state = "available"
}

module "shop" {
  source = "./shop"
  count  = var.shops
  name   = "shop-${count.index}"
  cidr   = "10.${count.index % 256}.0.0/16"
  zones  = { for index, letter in ["a", "b", "c"] : letter => { name = data.aws_availability_zones.available.names[index], number = index } }
}
