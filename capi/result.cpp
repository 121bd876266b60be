// Queries and their results.
#include "arguments.hpp"
#include "parameters.hpp"

#include "guanxi/base/json.hpp"
#include "guanxi/edge/arrow.hpp"

using namespace guanxi::capi;
using guanxi::errc;
using guanxi::value;
using guanxi::value_type;
using guanxi::query::column_info;

namespace {

guanxi::query_options read(const guanxi_query_options* options) {
  using given = guanxi_query_options;
  const given chosen = options_of(options, &given::deadline_ms, &given::max_rows);
  guanxi::query_options out;
  if (chosen.deadline_ms != 0) out.deadline_ms = chosen.deadline_ms;
  if (chosen.max_rows < 0)
    refuse(errc::invalid_argument, "`max_rows` is below 0; 0 stands for the default");
  if (chosen.max_rows > 0) out.max_rows = static_cast<std::size_t>(chosen.max_rows);
  return out;
}

const column_info* column_of(const guanxi_result* result, std::int32_t column) {
  if (!result || column < 0) return nullptr;
  const auto& columns = result->content->columns();
  const auto at = static_cast<std::size_t>(column);
  return at < columns.size() ? &columns[at] : nullptr;
}

/// A place in a result that is there.
struct cell {
  const guanxi_result& in;
  std::size_t row, column;
  const std::string& name() const { return in.content->columns()[column].name; }
  value content() const { return in.content->at(row, column); }
};

cell cell_of(const guanxi_result* result, std::int64_t row, std::int32_t column) {
  const guanxi_result& in = need(result, "result");
  if (!column_of(result, column))
    refuse(errc::invalid_argument, "column " + std::to_string(column) + " is none of " +
                                       std::to_string(in.content->columns().size()));
  if (row < 0 || static_cast<std::uint64_t>(row) >= in.content->size())
    refuse(errc::invalid_argument,
           "row " + std::to_string(row) + " is none of " + std::to_string(in.content->size()));
  return {in, static_cast<std::size_t>(row), static_cast<std::size_t>(column)};
}

/// All texts of a column's batch, one after the other, each with a NUL.
std::string ended_texts(const guanxi::query::column& of) {
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
  const guanxi::query::column& of = columns[c.column];
  std::call_once(cells.made, [&] { cells.bytes = ended_texts(of); });
  const std::int32_t* offsets = of.offsets();
  return std::string_view(cells.bytes)
      .substr(static_cast<std::size_t>(offsets[row]) + row,
              static_cast<std::size_t>(offsets[row + 1] - offsets[row]));
}

bool is_null(const cell& c) {
  const auto [in, row] = c.in.content->place(c.row);
  return in->columns[c.column].is_null(row);
}

bool is_text(const cell& c) {
  return c.in.content->columns()[c.column].type.base == value_type::text;
}

void append_columns(std::string& out, const guanxi::rows& of) {
  bool first = true;
  for (const column_info& c : of.columns()) {
    out += first ? "{\"name\": " : ", {\"name\": ";
    guanxi::append_json_text(out, c.name);
    out += ", \"type\": ";
    guanxi::append_json_text(out, guanxi::name(c.type.base));
    if (c.type.base == value_type::decimal)
      out += ", \"scale\": " + std::to_string(static_cast<int>(c.type.scale));
    out += '}';
    first = false;
  }
}

std::string to_json(const guanxi::rows& of) {
  std::string out = "{\"columns\": [";
  append_columns(out, of);
  out += "], \"rows\": [";
  for (std::size_t row = 0; row < of.size(); ++row) {
    out += row == 0 ? "[" : ", [";
    for (std::size_t column = 0; column < of.columns().size(); ++column) {
      if (column > 0) out += ", ";
      guanxi::append_json_value(out, of.at(row, column));
    }
    out += ']';
  }
  return out += "]}";
}

}  // namespace

int32_t guanxi_query(guanxi_session* session, const char* text, size_t text_length,
                     const guanxi_parameters* parameters, const guanxi_query_options* options,
                     guanxi_result** result, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_result*& into = output(result, "result");
    guanxi::session& s = live(session);
    const guanxi::query_options within = read(options);
    auto out = std::make_unique<guanxi_result>();
    out->content = std::make_shared<const guanxi::rows>(
        s.query(guanxi::capi::text(text, text_length, "text"), content_of(parameters), within)
            .value());
    out->texts = std::make_unique<text_cells[]>(out->content->batches().size() *
                                                out->content->columns().size());
    into = out.release();
  });
}

void guanxi_result_release(guanxi_result* result) { delete result; }

int32_t guanxi_result_column_count(const guanxi_result* result) {
  return result ? count_of(result->content->columns().size()) : 0;
}

int64_t guanxi_result_row_count(const guanxi_result* result) {
  return result ? static_cast<int64_t>(result->content->size()) : 0;
}

int32_t guanxi_result_column(const guanxi_result* result, const char* name, size_t name_length,
                             int32_t* column, guanxi_error** err) {
  return barrier(err, [&] {
    const guanxi::rows& in = *need(result, "result").content;
    std::int32_t& into = need(column, "column");
    into = -1;
    const std::string_view asked = text(name, name_length, "name");
    const std::ptrdiff_t at = in.column(asked);
    if (at >= 0) {
      into = static_cast<std::int32_t>(at);
      return;
    }
    guanxi::nearest_name near(asked);
    for (const column_info& c : in.columns()) near.offer(c.name);
    refuse(errc::unknown_name, "no column " + guanxi::in_backticks(asked) + near.hint());
  });
}

const char* guanxi_result_column_name(const guanxi_result* result, int32_t column,
                                      size_t* length) {
  const column_info* c = column_of(result, column);
  return c ? borrowed(c->name, length) : nothing(length);
}

const char* guanxi_result_column_label(const guanxi_result* result, int32_t column,
                                       int32_t language, size_t* length) {
  const column_info* c = column_of(result, column);
  if (!c) return nothing(length);
  if (!c->field) return borrowed(c->name, length);
  return borrowed(in_language(language, c->field->label_en, c->field->label_zh), length);
}

int32_t guanxi_result_column_type(const guanxi_result* result, int32_t column) {
  const column_info* c = column_of(result, column);
  return c ? static_cast<int32_t>(c->type.base) : GUANXI_TYPE_NULL;
}

int32_t guanxi_result_column_scale(const guanxi_result* result, int32_t column) {
  const column_info* c = column_of(result, column);
  return c && c->type.base == value_type::decimal ? c->type.scale : 0;
}

int32_t guanxi_result_column_is_money(const guanxi_result* result, int32_t column) {
  const column_info* c = column_of(result, column);
  return c && c->type.money ? 1 : 0;
}

int32_t guanxi_result_is_null(const guanxi_result* result, int64_t row, int32_t column,
                              int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    need(is_null, "is_null") = ::is_null(cell_of(result, row, column)) ? 1 : 0;
  });
}

int32_t guanxi_result_value(const guanxi_result* result, int64_t row, int32_t column,
                            guanxi_value* value, guanxi_error** err) {
  return barrier(err, [&] {
    const cell c = cell_of(result, row, column);
    const guanxi::value v = c.content();
    put_value(v, value, v.type() == value_type::text ? kept_text(c) : std::string_view());
  });
}

int32_t guanxi_result_boolean(const guanxi_result* result, int64_t row, int32_t column,
                              int32_t* value, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const cell c = cell_of(result, row, column);
    put_boolean(c.content(), value, is_null, c.name());
  });
}

int32_t guanxi_result_integer(const guanxi_result* result, int64_t row, int32_t column,
                              int64_t* value, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const cell c = cell_of(result, row, column);
    put_integer(c.content(), value, is_null, c.name());
  });
}

int32_t guanxi_result_decimal(const guanxi_result* result, int64_t row, int32_t column,
                              int64_t* coefficient, int32_t* scale, int32_t* is_null,
                              guanxi_error** err) {
  return barrier(err, [&] {
    const cell c = cell_of(result, row, column);
    put_decimal(c.content(), coefficient, scale, is_null, c.name());
  });
}

int32_t guanxi_result_text(const guanxi_result* result, int64_t row, int32_t column,
                           const char** text, size_t* length, guanxi_error** err) {
  return barrier(err, [&] {
    const char*& into = output(text, "text");
    if (length) *length = 0;
    const cell c = cell_of(result, row, column);
    if (::is_null(c)) return;
    if (!is_text(c)) need_type(c.content(), value_type::text, c.name());
    into = borrowed(kept_text(c), length);
  });
}

int32_t guanxi_result_date(const guanxi_result* result, int64_t row, int32_t column, int32_t* days,
                           int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const cell c = cell_of(result, row, column);
    put_date(c.content(), days, is_null, c.name());
  });
}

int32_t guanxi_result_instant(const guanxi_result* result, int64_t row, int32_t column,
                              int64_t* microseconds, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const cell c = cell_of(result, row, column);
    put_instant(c.content(), microseconds, is_null, c.name());
  });
}

int32_t guanxi_result_reference(const guanxi_result* result, int64_t row, int32_t column,
                                int64_t* id, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const cell c = cell_of(result, row, column);
    put_reference(c.content(), id, is_null, c.name());
  });
}

int32_t guanxi_result_json(const guanxi_result* result, guanxi_buffer** json, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_buffer*& into = output(json, "json");
    into = new guanxi_buffer{to_json(*need(result, "result").content)};
  });
}

int32_t guanxi_result_arrow_stream(const guanxi_result* result, struct ArrowArrayStream* stream,
                                   guanxi_error** err) {
  return barrier(err, [&] {
    need(stream, "stream").release = nullptr;  // to its reader, a stream that was never made
    guanxi::edge::export_stream(need(result, "result").content, stream);
  });
}
