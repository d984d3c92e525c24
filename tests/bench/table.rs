//! The table of a run: one line for each row, in columns.
//!
//! A ratio compares the best seconds a file of two rows, so that rows over different numbers of
//! files can stand beside each other. Begin at [`Table::row`].

use crate::measure::Sample;

/// Prints as it goes, because some rows take a minute.
pub(crate) struct Table {
    /// The seconds a file that the ratios of the following rows are held against.
    against: Option<f64>,
    /// Rows that failed.
    failed: usize,
}

impl Table {
    pub(crate) fn start() -> Self {
        println!(
            "{:<34} {:>7} {:>9} {:>9} {:>9} {:>8} {:>8}",
            "", "files", "best s", "median s", "us/file", "peak MB", "ratio"
        );
        Self { against: None, failed: 0 }
    }

    /// The following ratios compare with this; there are none if it failed.
    pub(crate) fn compare_with(&mut self, name: &str, files: usize, sample: &Sample) {
        println!("-- ratio: time a file against `{name}`");
        self.against = sample.failure.is_none().then(|| sample.per_file(files));
    }

    pub(crate) fn row(&mut self, name: &str, files: usize, sample: &Sample, note: &str) {
        if let Some(failure) = &sample.failure {
            self.failed += 1;
            println!("{name:<34} {files:>7} FAILED: {failure}");
            return;
        }
        let each = sample.per_file(files);
        let ratio = self.against.map_or(String::new(), |base| number(each / base));
        let peak = sample.peak_kib.map_or(String::new(), |kib| number(kib as f64 * 1024.0 / 1e6));
        let line = format!(
            "{name:<34} {files:>7} {:>9.4} {:>9.4} {:>9.2} {peak:>8} {ratio:>8}  {note}",
            sample.best.as_secs_f64(),
            sample.median.as_secs_f64(),
            each * 1e6,
        );
        println!("{}", line.trim_end());
    }

    /// A row that could not be measured, and why.
    pub(crate) fn absent(&self, name: &str, reason: &str) {
        println!("{name:<34} {reason}");
    }

    pub(crate) fn failed(&self) -> usize {
        self.failed
    }
}

/// Three digits that matter.
pub(crate) fn number(value: f64) -> String {
    match value {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
