//! `docs/cli.md` is what the definitions of the commands say.

use std::fmt::Write as _;

use clap::{Arg, ArgAction, Command};

const HEAD: &str = "\
# The command line

Generated from the program; `symbolon help COMMAND` says the same. A test compares this page with it.

Exit codes of every command: 0 done, 1 failed, 2 differences found, 64 wrong usage, 65 a file that is not what it should be, 69
something needed is unavailable, 78 wrong configuration. Results go to the standard output, everything else to the standard
error. No flag takes a secret: what one flag sees, every process of the machine sees.
";

/// Every command with its arguments, as Markdown.
fn markdown() -> String {
    let mut root = symbolon::cli::definition().term_width(100);
    root.build();
    let mut text = HEAD.to_owned();
    text.push_str("\n## Options of every command\n\n");
    write_arguments(&mut text, root.get_arguments().filter(|argument| shown(argument)));
    for command in root.get_subcommands_mut() {
        write_command(&mut text, command);
    }
    text
}

fn write_command(text: &mut String, command: &mut Command) {
    if command.get_name() == "help" || command.is_hide_set() {
        return;
    }
    if command.has_subcommands() {
        for below in command.get_subcommands_mut() {
            write_command(text, below);
        }
        return;
    }
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").trim();
    let name = command.get_bin_name().unwrap_or_default();
    let about = command.get_long_about().or_else(|| command.get_about()).map(ToString::to_string);
    // Writing to a string cannot fail.
    let _ = write!(text, "\n## {name}\n\n{}\n\n    {usage}\n", sentence(&about.unwrap_or_default()));
    let own: Vec<&Arg> = command.get_arguments().filter(|it| shown(it) && !it.is_global_set()).collect();
    if !own.is_empty() {
        text.push('\n');
        write_arguments(text, own.into_iter());
    }
    if let Some(after) = command.get_after_help() {
        let _ = write!(text, "\n```text\n{}\n```\n", wrapped(after.to_string().trim()));
    }
}

/// As a terminal of a hundred columns shows it.
fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_inclusive(' ') {
            if line.len() + word.trim_end().len() > 100 {
                lines.push(line.trim_end().to_owned());
                line.clear();
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines.join("\n")
}

fn write_arguments<'a>(text: &mut String, arguments: impl Iterator<Item = &'a Arg>) {
    text.push_str("| argument | what it is |\n|---|---|\n");
    for argument in arguments {
        let help = argument.get_long_help().or_else(|| argument.get_help());
        let help = help.map(ToString::to_string).unwrap_or_default().replace('\n', " ").replace('|', "\\|");
        let default: Vec<_> = argument.get_default_values().iter().map(|it| it.to_string_lossy()).collect();
        let default = if default.is_empty() || !takes_value(argument) {
            String::new()
        } else {
            format!(" Default: `{}`.", default.join(" "))
        };
        let known: Vec<String> =
            argument.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
        let known = if known.is_empty() || !takes_value(argument) {
            String::new()
        } else {
            format!(" One of {}.", known.join(", "))
        };
        let _ = writeln!(text, "| `{}` | {}{known}{default} |", spelled(argument), sentence(&help));
    }
}

/// As it is typed: `--port <PORT>`, `-c, --config <FILE>`, `<KID>`.
fn spelled(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let names: Vec<String> = names.iter().map(|name| format!("<{name}>")).collect();
    let flags = [
        argument.get_short().map(|short| format!("-{short}")),
        argument.get_long().map(|long| format!("--{long}")),
    ];
    let flags = flags.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let value = if takes_value(argument) { names.join(" ") } else { String::new() };
    [flags, value].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn takes_value(argument: &Arg) -> bool {
    matches!(argument.get_action(), ArgAction::Set | ArgAction::Append)
}

/// `--help` and `--version` explain themselves.
fn shown(argument: &Arg) -> bool {
    !argument.is_hide_set() && !matches!(argument.get_id().as_str(), "help" | "version")
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

#[test]
fn the_reference_of_the_command_line_is_the_one_of_the_program() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cli.md");
    let generated = markdown();
    let fresh = concat!(env!("CARGO_TARGET_TMPDIR"), "/cli.md");
    std::fs::write(fresh, &generated).expect("a file");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == generated, "out of date; run: cp target/tmp/cli.md docs/cli.md");
}

/// Help that only lists arguments teaches nobody.
#[test]
fn every_command_shows_examples_and_its_exit_codes() {
    let mut waiting = vec![symbolon::cli::definition()];
    let mut seen = 0;
    while let Some(command) = waiting.pop() {
        if command.has_subcommands() {
            waiting.extend(command.get_subcommands().cloned());
            continue;
        }
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let (examples, codes) = (help.contains("Examples:\n  "), help.contains("Exit codes: 0 "));
        assert!(examples && codes, "{}: {help}", command.get_name());
        // A longer one is broken into two lines, and cannot be pasted.
        let long = help.lines().find(|line| line.starts_with("  ") && line.len() > 100);
        assert_eq!(long, None, "{}", command.get_name());
        seen += 1;
    }
    assert!(seen > 15, "only {seen} commands were found");
}
