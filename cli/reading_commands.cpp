// Commands that read as a user.
#include "command.hpp"
#include "guanxi/base/json.hpp"
#include "guanxi/edge/csv.hpp"
#include "guanxi/edge/report_page.hpp"
#include "interrupt.hpp"
#include "parameters.hpp"
#include "sight.hpp"
#include "statements.hpp"

#include <unistd.h>

#include <algorithm>
#include <optional>

namespace guanxi::cli {
namespace {

// ----------------------------------------------------------------------------------------- query

struct query_command {
  common_options common;
  actor who;
  answer_options answer;
  parameter_options parameters;
  std::string statement, explained_for, time_zone;
  bool explained = false;
  std::optional<std::int64_t> deadline_ms;
  std::size_t max_rows = query_options().max_rows;
};

/// The error of a statement, with the statement in which its offset counts.
result<ending> failed_in(const error& why, const std::string& statement) {
  tell(why, statement);
  return why.code() == errc::interrupted ? ending::interrupted : ending::failed;
}

result<void> give_shape(const query::shape& shape, const query_command& o) {
  const bool table = o.answer.as == answer_format::table;
  return give_text(table ? described(shape) : query::to_json(shape) + "\n", o.answer.file,
                   o.common);
}

result<ending> run_query(const query_command& o) {
  result<std::string> statement = statement_from(o.statement);
  if (!statement) return passed(statement);
  const auto given = parameters_from(o.parameters.single, o.parameters.lists);
  if (!given) return unexpected(given.error());
  result<tenant> crm = open_file(o.common);
  if (!crm) return passed(crm);
  result<session> s = act(*crm, o.who);
  if (!s) return passed(s);
  const query_options within{.deadline_ms = o.deadline_ms, .max_rows = o.max_rows,
                             .time_zone = o.time_zone};
  const interrupt::watched now(*s);
  if (auto ok = interrupt::check(); !ok) return passed(ok);
  if (o.explained) {
    const auto shape = s->explain_query(*statement, *given, o.explained_for, within);
    if (!shape) return failed_in(shape.error(), *statement);
    if (auto ok = give_shape(*shape, o); !ok) return passed(ok);
    return ending::done;
  }
  const result<rows> answer = s->query(*statement, *given, within);
  if (!answer) return failed_in(answer.error(), *statement);
  if (auto ok = give(*answer, o.answer, o.common); !ok) return passed(ok);
  return ending::done;
}

void fill_query(CLI::App& to, query_command& o) {
  to.add_option("statement", o.statement, "A query (docs/query.md), or - for standard input")
      ->required();
  add_actor(to, o.who);
  add_answer(to, o.answer);
  add_parameters(to, o.parameters);
  CLI::Option* explained = to.add_flag(
      "--explain", o.explained, "Tell how it would be answered, in place of the answer; for "
                                "administrators");
  to.add_option("--for", o.explained_for, "Explain it for this login")->needs(explained);
  to.add_option("--deadline", o.deadline_ms, "How long it may take, in ms")
      ->check(within(1, 86'400'000))
      ->type_name("MS");
  to.add_option("--max-rows", o.max_rows, "The most rows that it may give; default: 10,000,000")
      ->check(within(1, 1'000'000'000));
  to.add_option("--time-zone", o.time_zone, "Days are those of this zone; default: the company's");
}

// ---------------------------------------------------------------------------------------- report

enum class report_format { html, text, json };

struct report_command {
  common_options common;
  actor who;
  parameter_options parameters;
  std::string definition, output, charts, title;
  report_format as = report_format::html;
  edge::page_theme theme = edge::page_theme::system;
};

result<std::string> made_report(const report_command& o, const session& s,
                                const std::string& definition,
                                const std::vector<expr::parameter_value>& given) {
  if (o.as == report_format::json) {
    result<std::string> out = edge::run_report(s, definition, given);
    if (out) *out += '\n';
    return out;
  }
  if (o.as == report_format::text) {
    const bool shown = o.output.empty() && is_terminal(STDOUT_FILENO);
    const std::size_t columns = shown ? columns_of(STDOUT_FILENO) : 80;
    return edge::report_text(s, definition,
                             {.language = o.common.language,
                              .width = std::clamp<std::size_t>(columns, 40, 120),
                              .ascii = !locale_is_utf8(),
                              .colour = shown && may_colour(STDOUT_FILENO)},
                             given);
  }
  std::string library;
  if (!o.charts.empty()) {
    result<std::string> read = edge::read_file(o.charts);
    if (!read) return passed(read);
    library = std::move(*read);
  }
  return edge::report_page(s, definition,
                           {.language = o.common.language, .theme = o.theme,
                            .chart_library = library, .title = o.title},
                           given);
}

result<ending> run_report_command(const report_command& o) {
  const result<std::string> definition = edge::read_file(o.definition);
  if (!definition) return unexpected(definition.error());
  const auto given = parameters_from(o.parameters.single, o.parameters.lists);
  if (!given) return unexpected(given.error());
  result<tenant> crm = open_file(o.common);
  if (!crm) return passed(crm);
  result<session> s = act(*crm, o.who);
  if (!s) return passed(s);
  const interrupt::watched now(*s);
  if (auto ok = interrupt::check(); !ok) return passed(ok);
  const result<std::string> made = made_report(o, *s, *definition, *given);
  if (!made) return unexpected(made.error());
  if (auto ok = give_text(*made, o.output, o.common); !ok) return passed(ok);
  return ending::done;
}

void fill_report(CLI::App& to, report_command& o) {
  to.add_option("definition", o.definition, "File of the report's JSON (docs/reports.md)")
      ->required();
  add_actor(to, o.who);
  add_parameters(to, o.parameters);
  add_word(to, "--format", o.as,
           {{"html", report_format::html},
            {"text", report_format::text},
            {"json", report_format::json}},
           "html, text or json; default: html");
  to.add_option("-o,--output", o.output, "Write into this file, whole or not at all")
      ->type_name("PATH");
  to.add_option("--charts", o.charts, "echarts.min.js of Apache ECharts 5 or 6, for the page")
      ->type_name("PATH");
  to.add_option("--title", o.title, "Of the page; default: the definition's");
  add_word(to, "--theme", o.theme,
           {{"system", edge::page_theme::system},
            {"light", edge::page_theme::light},
            {"dark", edge::page_theme::dark}},
           "Of the page: system, light or dark; default: system");
}

// --------------------------------------------------------------------------------------- explain

struct explain_command {
  common_options common;
  actor who;
  policy::action what = policy::action::read;
  std::string entity, field, other;
  std::int64_t record = 0;
  bool json = false;
};

result<explanation> explained(const explain_command& o, const session& s) {
  const id key{o.record};
  if (!o.other.empty()) return s.explain_for(o.other, o.what, o.entity, key);
  if (!o.field.empty()) return s.explain(o.what, o.entity, key, o.field);
  return s.explain(o.what, o.entity, key);
}

std::string text_of(const explanation& why, language which) {
  std::string out(why.allowed ? in(which, "allowed\n", "允许\n") : in(which, "refused\n", "拒绝\n"));
  for (const policy::reason& r : why.reasons)
    out += (r.grants ? "  + " : "  - ") + std::string(in(which, r.text_en, r.text_zh)) + " (" +
           r.code + ")\n";
  return out;
}

std::string json_of(const explanation& why, language which) {
  json out = json::make_object();
  json reasons = json::make_array();
  for (const policy::reason& r : why.reasons) {
    json& one = reasons.items().emplace_back(json::make_object());
    one.members() = {{"grants", json::make_boolean(r.grants)},
                     {"code", json::make_text(r.code)},
                     {"text", json::make_text(std::string(in(which, r.text_en, r.text_zh)))}};
  }
  out.members() = {{"allowed", json::make_boolean(why.allowed)}, {"reasons", std::move(reasons)}};
  return out.dump() + "\n";
}

result<ending> run_explain(const explain_command& o) {
  if (!o.other.empty() && !o.field.empty())
    throw usage_error("--for explains records; to explain a field, act as that user: --as " +
                      o.other);
  result<tenant> crm = open_file(o.common);
  if (!crm) return passed(crm);
  result<session> s = act(*crm, o.who);
  if (!s) return passed(s);
  const result<explanation> why = explained(o, *s);
  if (!why) return unexpected(why.error());
  const std::string text = o.json ? json_of(*why, o.common.language)
                                  : text_of(*why, o.common.language);
  if (auto ok = print(text); !ok) return passed(ok);
  return ending::done;
}

void fill_explain(CLI::App& to, explain_command& o) {
  std::vector<std::pair<std::string, policy::action>> actions;
  for (const policy::action a : {policy::action::read, policy::action::create,
                                 policy::action::edit, policy::action::remove,
                                 policy::action::transfer})
    actions.emplace_back(policy::name(a), a);
  add_word(to, "action", o.what, std::move(actions), "read, create, edit, delete or transfer")
      ->required();
  to.add_option("entity", o.entity, "Of the record")->required();
  to.add_option("id", o.record, "Of the record")->required();
  to.add_option("field", o.field, "A field of it: may it be read or edited?");
  add_actor(to, o.who);
  to.add_option("--for", o.other, "Explain for this login; for administrators");
  add_table_or_json(to, o.json);
}

// ----------------------------------------------------------------------------- schema and search

struct schema_command {
  common_options common;
  actor who;
  answer_options answer;
  std::vector<std::string> entities;
};

result<ending> run_schema(const schema_command& o) {
  result<tenant> crm = open_file(o.common);
  if (!crm) return passed(crm);
  result<session> s = act(*crm, o.who);
  if (!s) return passed(s);
  const result<sight> seen = look(*s);
  if (!seen) return unexpected(seen.error());
  result<query::rows> out = o.entities.empty()
                                ? entities_of(*seen, o.common.language)
                                : fields_of(*seen, o.entities, o.common.language);
  if (!out) return passed(out);
  if (auto ok = give(*out, o.answer, o.common); !ok) return passed(ok);
  return ending::done;
}

void fill_schema(CLI::App& to, schema_command& o) {
  to.add_option("entity", o.entities, "Tell the fields of these; default: list the entities");
  add_actor(to, o.who);
  add_answer(to, o.answer);
}

struct search_command {
  common_options common;
  actor who;
  answer_options answer;
  std::string typed;
  search_options how;
};

result<ending> run_search(const search_command& o) {
  result<tenant> crm = open_file(o.common);
  if (!crm) return passed(crm);
  result<session> s = act(*crm, o.who);
  if (!s) return passed(s);
  const interrupt::watched now(*s);
  if (auto ok = interrupt::check(); !ok) return passed(ok);
  const result<rows> hits = s->search(o.typed, o.how);
  if (!hits) return unexpected(hits.error());
  if (auto ok = give(*hits, o.answer, o.common); !ok) return passed(ok);
  return ending::done;
}

void fill_search(CLI::App& to, search_command& o) {
  to.add_option("text", o.typed, "What a person would type (docs/search.md)")->required();
  add_actor(to, o.who);
  add_answer(to, o.answer);
  to.add_option("--entity", o.how.entities, "Look through this one; may be given again")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  to.add_option("--limit", o.how.limit, "Records in all, 1 to 1,000; default: 20")
      ->check(within(1, 1000));
}

}  // namespace

void add_reading_commands(CLI::App& to, deed& chosen) {
  add_command<query_command>(to, chosen, "query", "Run a query as a user", fill_query, run_query);
  add_command<report_command>(to, chosen, "report", "Write a report: a page, tables or JSON",
                              fill_report, run_report_command);
  add_command<explain_command>(to, chosen, "explain",
                               "Tell why a user may or may not do something to a record",
                               fill_explain, run_explain);
  add_command<schema_command>(to, chosen, "schema", "List entities and fields that a user sees",
                              fill_schema, run_schema);
  add_command<search_command>(to, chosen, "search", "Find records by what a person would type",
                              fill_search, run_search);
}

}  // namespace guanxi::cli
