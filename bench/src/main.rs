mod calls; use sonic_rs::JsonValueTrait;
use std::time::Instant;
use std::io::Write;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    if a[1] == "gen" {
        let calls = calls::Calls::in_folder(std::path::Path::new("tests/recordings")).unwrap();
        let mut f = std::io::BufWriter::with_capacity(1<<20, std::fs::File::create(&a[2]).unwrap());
        let n = calls.write(&mut f, a[3].parse::<u64>().unwrap()).unwrap();
        f.flush().unwrap();
        println!("{n} calls");
        return;
    }
    let data = std::fs::read(&a[2]).unwrap();
    let mb = data.len() as f64 / 1e6;
    for threads in [1usize, 2] {
        for kind in ["sonic-dom", "sonic-ignored", "simd-tape", "serde-ignored", "memchr"] {
            let t = Instant::now();
            let mid = { let m = data.len()/threads; m + memchr::memchr(b'\n', &data[m.min(data.len()-1)..]).map_or(0, |x| x+1) };
            let parts: Vec<&[u8]> = if threads == 1 { vec![&data] } else { vec![&data[..mid.min(data.len())], &data[mid.min(data.len())..]] };
            std::thread::scope(|s| { for p in parts { s.spawn(move || {
                let mut buf = Vec::new();
                let mut start = 0; let mut n=0usize;
                let mut bufs = simd_json::Buffers::default();
                for end in memchr::memchr_iter(b'\n', p) {
                    let line = &p[start..end]; start = end+1;
                    match kind {
                        "sonic-dom" => { let v: sonic_rs::Value = sonic_rs::from_slice(line).unwrap(); n += std::hint::black_box(&v).is_null() as usize; }
                        "sonic-ignored" => { let v: sonic_rs::LazyValue = sonic_rs::from_slice(line).unwrap(); std::hint::black_box(&v); }
                        "simd-tape" => { buf.clear(); buf.extend_from_slice(line); let v = simd_json::to_tape_with_buffers(&mut buf, &mut bufs).unwrap(); std::hint::black_box(&v); }
                        "serde-ignored" => { let v: &serde_json::value::RawValue = serde_json::from_slice(line).unwrap(); std::hint::black_box(v); }
                        _ => n += line.len(),
                    }
                }
                std::hint::black_box(n);
            }); } });
            println!("{threads} {kind}: {:.0} MB/s", mb / t.elapsed().as_secs_f64());
        }
    }
}
