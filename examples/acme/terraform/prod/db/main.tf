# checkout-db and its standby. `leader` says which of the two takes writes.
resource "aws_db_instance" "checkout" {
  for_each = toset(["checkout-db", "checkout-db-standby"])

  identifier                  = each.key
  engine                      = "postgres"
  engine_version              = "16.8"
  instance_class              = "db.r8g.2xlarge"
  allocated_storage           = 800
  storage_encrypted           = true
  kms_key_id                  = data.aws_kms_alias.payments.target_key_arn
  publicly_accessible         = false
  deletion_protection         = true
  backup_retention_period     = 35
  replicate_source_db         = each.key == var.leader ? null : var.leader
  auto_minor_version_upgrade  = false
  manage_master_user_password = true
}

data "aws_kms_alias" "payments" {
  name = "alias/payments"
}
