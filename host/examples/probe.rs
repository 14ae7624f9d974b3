#![allow(warnings)]
fn main() {
    let paths: Vec<std::path::PathBuf> = std::env::args().skip(1).map(Into::into).collect();
    let t = std::time::Instant::now();
    let sources = archlint::source::read(&paths, &Default::default());
    let el = t.elapsed();
    let scenarios: usize = sources.architectures.iter().map(|a| a.scenarios.len()).sum();
    println!("architectures {} scenarios {} inputs {} errors {} in {:?}", sources.architectures.len(), scenarios, sources.inputs.len(), sources.errors.len(), el);
    for e in &sources.errors { println!("ERR {}: {}", e.file().rsplit('/').next().unwrap(), e); }
    for i in &sources.inputs { for (k, n) in &i.entries { if i.read[k] != *n { println!("DROP {} {k} {n} {}", i.file, i.read[k]); } } }
    for a in &sources.architectures { for n in &a.not_examined { println!("NOTEX {} {n}", a.name); } if a.scenarios.len() > 4 { println!("{} {:?}", a.name, a.scenarios.iter().map(|s| s.when.clone()).collect::<Vec<_>>()); } }
    if let Ok(k) = std::env::var("SHOW") { for a in &sources.architectures { for s in &a.scenarios { println!("{:?}\n{}", s.when, serde_json::to_string_pretty(&s.snapshot).unwrap()); } } }
}
