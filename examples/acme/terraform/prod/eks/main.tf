# The production cluster: four nodes over three zones.
resource "aws_eks_cluster" "prod" {
  name     = "eks-prod"
  version  = "1.33"
  role_arn = var.role_arn

  vpc_config {
    subnet_ids              = var.subnet_ids
    endpoint_public_access  = false
    endpoint_private_access = true
  }
}

resource "aws_eks_node_group" "prod" {
  cluster_name    = aws_eks_cluster.prod.name
  node_group_name = "general"
  node_role_arn   = var.node_role_arn
  subnet_ids      = var.subnet_ids
  ami_type        = "BOTTLEROCKET_ARM_64"
  instance_types  = ["m7g.2xlarge"]

  scaling_config {
    desired_size = 4
    min_size     = 4
    max_size     = 8
  }

  update_config {
    max_unavailable = 1
  }
}
