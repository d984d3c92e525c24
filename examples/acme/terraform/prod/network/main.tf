# Network of the production account: one subnet for nodes in each zone, one for data.
locals {
  zones = {
    a = "10.40.0.0/20"
    b = "10.40.16.0/20"
    c = "10.40.32.0/20"
  }
}

resource "aws_vpc" "prod" {
  cidr_block = "10.40.0.0/16"
}

module "nodes" {
  source   = "../../modules/subnet"
  for_each = local.zones

  vpc_id = aws_vpc.prod.id
  zone   = "eu-central-1${each.key}"
  cidr   = each.value
}

module "db" {
  source = "../../modules/subnet"

  vpc_id = aws_vpc.prod.id
  zone   = "eu-central-1a"
  cidr   = "10.40.64.0/22"
}
