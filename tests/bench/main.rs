mod documents; mod generate; mod prose;
pub(crate) type Outcome<T> = Result<T, String>;
fn main(){ let a:Vec<String>=std::env::args().collect(); println!("{:?}", generate::ensure(std::path::Path::new(&a[2]), a[1].parse().unwrap(), 1)); }
