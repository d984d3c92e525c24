variable "vpc_id" {
  type = string
}

variable "zone" {
  type = string
}

variable "cidr" {
  type = string
}
