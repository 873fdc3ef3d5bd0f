//! Lists the exercises, a folder each in `demos/exercises/`: so one is added without Rust.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("demos/exercises");
    println!("cargo::rerun-if-changed=demos/exercises");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let row = |name: &String| {
        let [task, program] = ["task.toml", "program.py"].map(|file| folder.join(name).join(file));
        format!("({name:?}, include_str!({task:?}), include_str!({program:?})),\n")
    };
    let list = format!("&[\n{}]\n", names.iter().map(row).collect::<String>());
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&out).join("exercises.rs"), list)
}
