# Datasets of the warehouse. Raw events go after 90 days; the archive keeps them.
locals {
  datasets = {
    events_raw    = 90
    mart_sales    = null
    mart_forecast = null
  }
}

resource "google_bigquery_dataset" "this" {
  for_each = local.datasets

  dataset_id                      = each.key
  location                        = "europe-west3"
  default_partition_expiration_ms = each.value == null ? null : each.value * 86400000
  delete_contents_on_destroy      = false
}
