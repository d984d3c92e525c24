variable "leader" {
  description = "The database that takes writes."
  type        = string
  default     = "checkout-db"

  validation {
    condition     = contains(["checkout-db", "checkout-db-standby"], var.leader)
    error_message = "One of the two has to lead."
  }
}
