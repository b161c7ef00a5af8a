//! Peers only, for a first look.
#[allow(dead_code)] mod engine; mod measure; mod peers;
use measure::*; use market_maker_peers::streams::*; use market_maker::types::Side;
#[global_allocator]
static A: CountingAllocator = CountingAllocator;
fn go<E: engine::Engine>(s:&Stream, t:&Timer, runs:usize){
  let sp=Spread::of((0..runs).map(|_|time::<E>(s)).collect());
  println!("{:?}/{} {} ns/msg median {:.1} ({:.1}-{:.1}) allocs {:.4} {:?}",s.form,s.name,E::NAME,sp.median,sp.least,sp.most,count_allocations::<E>(s),t.latency::<E>(s));
}

fn main(){
 let m=Workload::REALISTIC.stream(Form::Matching);
 for (a,q) in [(10100,10),(10100,100),(10100,1000),(500000,10),(500000,1000),(2700000,1000),(10100,10)]{
  unsafe{std::env::set_var("AR",a.to_string());std::env::set_var("QC",q.to_string());}
  println!("{a} {q} {:.1} {:.1} {:.1}",time::<peers::Lobster>(&m),time::<peers::Lobster>(&m),time::<peers::Lobster>(&m));
 }
 let m=Workload::DEEP.stream(Form::Matching);
 for (a,q) in [(1010000,10),(1010000,100),(1500000,50),(1010000,10)]{
  unsafe{std::env::set_var("AR",a.to_string());std::env::set_var("QC",q.to_string());}
  println!("{a} {q} {:.1} {:.1}",time::<peers::Lobster>(&m),time::<peers::Lobster>(&m));
 }
}
