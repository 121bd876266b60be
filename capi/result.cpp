// Queries and their results.
#include "bodies.hpp"
#include "parameters.hpp"
#include "values.hpp"

#include "guanxi/base/json.hpp"
#include "guanxi/edge/arrow.hpp"
#include "guanxi/edge/table.hpp"

namespace guanxi::capi::body {
namespace {

using query::column_info;

query_options options_from(const guanxi_query_options& given) {
  query_options out;
  if (given.deadline_ms != 0) out.deadline_ms = given.deadline_ms;
  if (given.max_rows < 0)
    refuse(errc::invalid_argument, "`max_rows` is below 0; 0 stands for the default");
  if (given.max_rows > 0) out.max_rows = static_cast<std::size_t>(given.max_rows);
  if (given.max_memory < 0)
    refuse(errc::invalid_argument, "`max_memory` is below 0; 0 stands for the default");
  if (given.max_memory > 0) out.max_memory = static_cast<std::size_t>(given.max_memory);
  if (given.as_of_sequence != 0) out.as_of.sequence = given.as_of_sequence;
  if (given.as_of_at != 0) out.as_of.at = instant{given.as_of_at};
  if (given.time_zone) out.time_zone.assign(given.time_zone, given.time_zone_length);
  return out;
}

/// Names with commas between them; blanks around a name do not count.
std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> out;
  for (;;) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view name = text.substr(0, comma);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    out.emplace_back(name);
    if (comma == text.size()) return out;
    text.remove_prefix(comma + 1);
  }
}

const column_info& column_of(const guanxi_result& result, std::int32_t column) {
  return element(result.content->columns(), column, "column");
}

/// A place in a result that is there.
struct cell {
  const guanxi_result& in;
  std::size_t row, column;
  const std::string& name() const { return in.content->columns()[column].name; }
  value content() const { return in.content->at(row, column); }
};

cell cell_of(const guanxi_result& in, std::int64_t row, std::int32_t column) {
  column_of(in, column);
  if (row < 0 || static_cast<std::uint64_t>(row) >= in.content->size())
    refuse(errc::invalid_argument,
           "row " + std::to_string(row) + " is none of " + std::to_string(in.content->size()));
  return {in, static_cast<std::size_t>(row), static_cast<std::size_t>(column)};
}

/// All texts of a column's batch, one after the other, each with a NUL.
std::string ended_texts(const query::column& of) {
  std::string out;
  const auto* bytes = static_cast<const char*>(of.data());
  const std::int32_t* offsets = of.offsets();
  out.reserve(static_cast<std::size_t>(offsets[of.rows()]) + of.rows());
  for (std::size_t i = 0; i < of.rows(); ++i) {
    if (offsets[i + 1] > offsets[i])
      out.append(bytes + offsets[i], static_cast<std::size_t>(offsets[i + 1] - offsets[i]));
    out += '\0';
  }
  return out;
}

/// A text that is not null, where the result keeps it.
std::string_view kept_text(const cell& c) {
  const auto [in, row] = c.in.content->place(c.row);
  const auto& columns = in->columns;
  const auto batch = static_cast<std::size_t>(in - c.in.content->batches().data());
  text_cells& cells = c.in.texts[batch * columns.size() + c.column];
  const query::column& of = columns[c.column];
  std::call_once(cells.made, [&] { cells.bytes = ended_texts(of); });
  const std::int32_t* offsets = of.offsets();
  return std::string_view(cells.bytes)
      .substr(static_cast<std::size_t>(offsets[row]) + row,
              static_cast<std::size_t>(offsets[row + 1] - offsets[row]));
}

bool holds_null(const cell& c) {
  const auto [in, row] = c.in.content->place(c.row);
  return in->columns[c.column].is_null(row);
}

bool is_text(const cell& c) {
  return c.in.content->columns()[c.column].type.base == value_type::text;
}

void append_columns(std::string& out, const rows& of) {
  bool first = true;
  for (const column_info& c : of.columns()) {
    out += first ? "{\"name\": " : ", {\"name\": ";
    append_json_text(out, c.name);
    out += ", \"type\": ";
    const query::branch_rows* children = of.branch(static_cast<std::size_t>(&c - &of.columns()[0]));
    append_json_text(out, children ? "children" : name(c.type.base));
    if (children) {
      out += ", \"columns\": [";
      append_columns(out, *children->all);
      out += ']';
    }
    if (c.type.base == value_type::decimal)
      out += ", \"scale\": " + std::to_string(static_cast<int>(c.type.scale));
    out += '}';
    first = false;
  }
}

/// Rows from one to another, each an array.
void append_rows(std::string& out, const rows& of, std::size_t first, std::size_t last) {
  out += '[';
  for (std::size_t row = first; row < last; ++row) {
    out += row == first ? "[" : ", [";
    for (std::size_t column = 0; column < of.columns().size(); ++column) {
      if (column > 0) out += ", ";
      if (const query::branch_rows* children = of.branch(column))
        append_rows(out, *children->all, children->starts[row], children->starts[row + 1]);
      else
        append_json_value(out, of.at(row, column));
    }
    out += ']';
  }
  out += ']';
}

std::string to_json(const rows& of) {
  std::string out = "{\"columns\": [";
  append_columns(out, of);
  out += "], \"rows\": ";
  append_rows(out, of, 0, of.size());
  return out += "}";
}

std::unique_ptr<guanxi_result> result_of(result<rows> from) {
  auto out = std::make_unique<guanxi_result>();
  out->content = std::make_shared<const rows>(std::move(from).value());
  out->texts = std::make_unique<text_cells[]>(out->content->batches().size() *
                                              out->content->columns().size());
  return out;
}

}  // namespace

std::unique_ptr<guanxi_result> query(guanxi_session& session, std::string_view text,
                                     const guanxi_parameters* parameters,
                                     const guanxi_query_options& options) {
  return result_of(session.content.query(text, content_of(parameters), options_from(options)));
}

std::unique_ptr<guanxi_result> search(guanxi_session& session, std::string_view typed,
                                      const guanxi_search_options& options) {
  search_options how;
  if (options.entities)
    how.entities = names_in({options.entities, options.entities_length});
  if (options.limit < 0)
    refuse(errc::invalid_argument, "`limit` is below 0; 0 stands for the default");
  if (options.limit > 0) how.limit = static_cast<std::size_t>(options.limit);
  if (options.deadline_ms != 0) how.deadline_ms = options.deadline_ms;
  return result_of(session.content.search(typed, how));
}

void invoke(guanxi_session& session, std::string_view action, const guanxi_parameters* parameters,
            const guanxi_invoke_options& options, guanxi_result* result) {
  invoke_options how{.preview = options.preview != 0};
  if (options.cause) how.cause.assign(options.cause, options.cause_length);
  // Room for the answer is made beforehand: once something is written, no want of memory may hide
  // it. What is larger than this is what somebody has only read.
  constexpr std::size_t usual = 64;
  const auto place = std::make_shared<rows>();
  if (result) result->texts = std::make_unique<text_cells[]>(usual);
  *place = session.content.invoke(action, content_of(parameters), how).value();
  if (!result) return;
  const std::size_t cells = place->batches().size() * place->columns().size();
  if (cells > usual) result->texts = std::make_unique<text_cells[]>(cells);
  result->content = place;
}

std::unique_ptr<guanxi_result> session_actions(guanxi_session& session) {
  return result_of(session.content.actions());
}

std::unique_ptr<guanxi_prepared> prepare(std::string_view text) {
  prepared content = guanxi::prepare(text).value();
  std::vector<std::string> names = content.parameters();
  return std::make_unique<guanxi_prepared>(
      guanxi_prepared{std::move(content), std::move(names)});
}

std::int32_t prepared_parameter_count(const guanxi_prepared& prepared) {
  return count_of(prepared.names.size());
}

void prepared_parameter(const guanxi_prepared& prepared, std::int32_t index, const char*& name,
                        std::size_t* length) {
  const std::string& found = element(prepared.names, index, "parameter");
  name = found.c_str();
  if (length) *length = found.size();
}

std::unique_ptr<guanxi_result> query_prepared(guanxi_session& session,
                                              const guanxi_prepared& prepared,
                                              const guanxi_parameters* parameters,
                                              const guanxi_query_options& options) {
  return result_of(session.content.query(prepared.content, content_of(parameters),
                                         options_from(options)));
}

std::int32_t result_has_children(const guanxi_result& result, std::int32_t column) {
  column_of(result, column);
  return result.content->branch(static_cast<std::size_t>(column)) != nullptr;
}

std::unique_ptr<guanxi_result> result_children(const guanxi_result& result, std::int64_t row,
                                               std::int32_t column) {
  const cell c = cell_of(result, row, column);
  if (!result.content->branch(c.column))
    refuse(errc::type_mismatch, "column " + in_backticks(c.name()) + " has no children");
  return result_of(result.content->children(c.row, c.column));
}

std::int32_t result_column_count(const guanxi_result& result) {
  return count_of(result.content->columns().size());
}

std::int64_t result_row_count(const guanxi_result& result) {
  return static_cast<std::int64_t>(result.content->size());
}

void result_page(const guanxi_result& result, const char*& next, std::size_t* length,
                 std::int64_t* since) {
  const query::page_mark& page = result.content->page();
  if (since) *since = page.since;
  if (page.next.empty()) return;
  next = page.next.c_str();
  if (length) *length = page.next.size();
}

std::int32_t result_column(const guanxi_result& result, std::string_view name) {
  const std::ptrdiff_t at = result.content->column(name);
  if (at >= 0) return static_cast<std::int32_t>(at);
  nearest_name near(name);
  for (const column_info& c : result.content->columns()) near.offer(c.name);
  refuse(errc::unknown_name, "no column " + in_backticks(name) + near.hint());
}

guanxi_column_info result_column_info(const guanxi_result& result, std::int32_t column) {
  const column_info& c = column_of(result, column);
  guanxi_column_info out = {};
  lend_text(c.name, out.name, out.name_length);
  lend_text(c.field ? c.field->label_en : c.name, out.label_en, out.label_en_length);
  lend_text(c.field ? c.field->label_zh : c.name, out.label_zh, out.label_zh_length);
  out.type = static_cast<std::int32_t>(c.type.base);
  out.scale = c.type.base == value_type::decimal ? c.type.scale : 0;
  out.is_money = c.type.money ? 1 : 0;
  return out;
}

std::int32_t result_is_null(const guanxi_result& result, std::int64_t row, std::int32_t column) {
  return holds_null(cell_of(result, row, column)) ? 1 : 0;
}

guanxi_value result_value(const guanxi_result& result, std::int64_t row, std::int32_t column) {
  const cell c = cell_of(result, row, column);
  const value v = c.content();
  return c_value(v, v.type() == value_type::text ? kept_text(c) : std::string_view());
}

void result_boolean(const guanxi_result& result, std::int64_t row, std::int32_t column,
                    std::int32_t& value, std::int32_t* is_null) {
  const cell c = cell_of(result, row, column);
  put_boolean(c.content(), value, is_null, c.name());
}

void result_integer(const guanxi_result& result, std::int64_t row, std::int32_t column,
                    std::int64_t& value, std::int32_t* is_null) {
  const cell c = cell_of(result, row, column);
  put_integer(c.content(), value, is_null, c.name());
}

void result_decimal(const guanxi_result& result, std::int64_t row, std::int32_t column,
                    std::int64_t& coefficient, std::int32_t* scale, std::int32_t* is_null) {
  const cell c = cell_of(result, row, column);
  put_decimal(c.content(), coefficient, scale, is_null, c.name());
}

void result_text(const guanxi_result& result, std::int64_t row, std::int32_t column,
                 const char*& text, std::size_t* length) {
  const cell c = cell_of(result, row, column);
  if (holds_null(c)) return;
  if (!is_text(c)) need_type(c.content(), value_type::text, c.name());
  const std::string_view kept = kept_text(c);
  text = kept.data();
  if (length) *length = kept.size();
}

void result_date(const guanxi_result& result, std::int64_t row, std::int32_t column,
                 std::int32_t& days, std::int32_t* is_null) {
  const cell c = cell_of(result, row, column);
  put_date(c.content(), days, is_null, c.name());
}

void result_instant(const guanxi_result& result, std::int64_t row, std::int32_t column,
                    std::int64_t& microseconds, std::int32_t* is_null) {
  const cell c = cell_of(result, row, column);
  put_instant(c.content(), microseconds, is_null, c.name());
}

void result_reference(const guanxi_result& result, std::int64_t row, std::int32_t column,
                      std::int64_t& id, std::int32_t* is_null) {
  const cell c = cell_of(result, row, column);
  put_reference(c.content(), id, is_null, c.name());
}

std::unique_ptr<guanxi_buffer> result_json(const guanxi_result& result) {
  return std::make_unique<guanxi_buffer>(guanxi_buffer{to_json(*result.content)});
}

std::unique_ptr<guanxi_buffer> result_csv(const guanxi_result& result) {
  return std::make_unique<guanxi_buffer>(guanxi_buffer{edge::to_csv(*result.content)});
}

void result_save(const guanxi_result& result, std::int32_t format, std::string_view path,
                 progress progress) {
  if (format < GUANXI_FORMAT_CSV || format > GUANXI_FORMAT_JSON_LINES)
    refuse(errc::invalid_argument,
           "`format` is " + std::to_string(format) + "; use one of GUANXI_FORMAT_…");
  edge::save(*result.content, static_cast<edge::text_format>(format), std::string(path), progress)
      .value();
}

void result_arrow_stream(const guanxi_result& result, ArrowArrayStream& stream) {
  edge::export_stream(result.content, &stream);
}

}  // namespace guanxi::capi::body
