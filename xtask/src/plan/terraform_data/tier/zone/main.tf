variable "name" {
  type = string
}

variable "network" {}

resource "terraform_data" "zone" {
  input = { name = var.name, network = var.network }
}

output "id" {
  value       = terraform_data.zone.id
  description = "known after apply"
}
