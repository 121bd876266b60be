#include "command.hpp"

namespace guanxi::cli {

void add_common(CLI::App& to, common_options& how) {
  to.add_option("-f,--file", how.file, "The store: a SQLite file or the snapshot of a memory store")
      ->required()
      ->type_name("PATH");
  to.add_flag("--read-only", how.read_only, "Open the store for reading alone");
  to.add_flag("--quiet", how.quiet, "No progress on standard error");
  add_word(to, "--language", how.language, {{"en", language::english}, {"zh", language::chinese}},
           "Of labels and texts: en or zh; default: the locale's");
}

void add_actor(CLI::App& to, actor& who) {
  CLI::Option* as = to.add_option("--as", who.login, "Login of the acting user")
                              ->type_name("LOGIN");
  to.add_option("--system", who.cause,
                "Act with system sight, which sees and does all; the cause is written on changes "
                "that have none of their own")
      ->excludes(as)
      ->type_name("CAUSE");
  to.parse_complete_callback([&to, &who] {
    if (who.login.empty() && who.cause.empty())
      throw usage_error("`" + to.get_name() +
                        "` needs to know who acts; give --as LOGIN, or --system CAUSE");
  });
}

void add_answer(CLI::App& to, answer_options& how) {
  add_word(to, "--format", how.as,
           {{"table", answer_format::table},
            {"csv", answer_format::csv},
            {"json", answer_format::json},
            {"jsonl", answer_format::json_lines}},
           "table, csv, json or jsonl (an object a line); default: table");
  to.add_option("-o,--output", how.file, "Write into this file, whole or not at all")
      ->type_name("PATH");
  to.add_option("--width", how.cell_width, "Widest cell of a table, in columns; default: 40")
      ->check(within(2, 100'000))
      ->type_name("COLUMNS");
}

void add_table_or_json(CLI::App& to, bool& json) {
  add_word(to, "--format", json, {{"table", false}, {"json", true}},
           "table or json; default: table");
}

void add_parameters(CLI::App& to, parameter_options& given) {
  to.add_option("--set", given.single, "name=value: the value of the parameter :name")
      ->take_all()
      ->type_name("TEXT")
      ->expected(1)
      ->allow_extra_args(false);
  to.add_option("--list", given.lists, "name=value: one more member of the list :name")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
}

}  // namespace guanxi::cli
