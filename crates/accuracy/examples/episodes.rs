use accuracy::thresholds;
use device_monitoring::Configuration;
use device_monitoring::replay::Player;
fn main() {
    for path in std::env::args().skip(1) {
        println!("== {path}");
        let mut player = Player::new(Configuration::from_block(&thresholds::configuration()));
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            player.play(line);
        }
        let v = serde_json::to_value(player.replayed()).unwrap();
        for call in v["calls"].as_array().unwrap() {
            let mut all = Vec::new();
            for c in call["conditions"].as_array().unwrap() {
                for e in c["episodes"].as_array().unwrap() {
                    let s = |n: &str| e[n].as_f64().map_or("-".to_owned(), |x| format!("{:.1}", x / 1000.0));
                    all.push((
                        e["raisedMs"].as_f64().unwrap(),
                        format!(
                            "{:26} {}–{}  raised {} cleared {} worst {}",
                            c["name"].as_str().unwrap(),
                            s("startMs"),
                            s("endMs"),
                            s("raisedMs"),
                            s("clearedMs"),
                            e["worst"]
                        ),
                    ));
                }
            }
            for n in call["notices"].as_array().unwrap() {
                all.push((
                    n["ms"].as_f64().unwrap() + 0.5,
                    format!(
                        "      NOTICE {:.1} {} {}",
                        n["ms"].as_f64().unwrap() / 1000.0,
                        n["diagnosis"].as_str().unwrap(),
                        &n["text"].as_str().unwrap()[..60]
                    ),
                ));
            }
            all.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (_, t) in all {
                println!("{t}");
            }
        }
    }
}
