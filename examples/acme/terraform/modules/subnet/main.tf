# A subnet without public addresses. Used by every account.
resource "aws_subnet" "this" {
  vpc_id                  = var.vpc_id
  availability_zone       = var.zone
  cidr_block              = var.cidr
  map_public_ip_on_launch = false
}

output "id" {
  value = aws_subnet.this.id
}
