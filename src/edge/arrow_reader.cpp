#include "arrow_reader.hpp"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string_view>
#include <utility>

namespace guanxi::edge {

namespace {

enum class layout : unsigned char {
  nothing, boolean, i8, u8, i16, u16, i32, u32, i64, u64, f32, f64, text, long_text, text_view,
  decimal128, date_days, date_ms, instant
};

/// How the cells of a column are laid out, and what they mean.
struct kind {
  layout is = layout::nothing;
  int scale = 0;                ///< of decimals
  std::int64_t per_second = 0;  ///< of instants
};

std::optional<kind> simple_kind(std::string_view format) {
  struct named { std::string_view format; layout is; };
  constexpr named all[] = {
      {"n", layout::nothing}, {"b", layout::boolean}, {"c", layout::i8}, {"C", layout::u8},
      {"s", layout::i16}, {"S", layout::u16}, {"i", layout::i32}, {"I", layout::u32},
      {"l", layout::i64}, {"L", layout::u64}, {"f", layout::f32}, {"g", layout::f64},
      {"u", layout::text}, {"U", layout::long_text}, {"vu", layout::text_view},
      {"tdD", layout::date_days}, {"tdm", layout::date_ms}};
  for (const named& each : all)
    if (each.format == format) return kind{each.is};
  return std::nullopt;
}

error unfit(std::string_view column, const std::string& why) {
  return error(errc::type_mismatch, "the column " + in_backticks(column) + " " + why)
      .in_field(column);
}

result<kind> decimal_kind(std::string_view column, std::string_view format) {
  // d:precision,scale[,bits]
  int precision = 0, scale = 0, bits = 128;
  const char* const end = format.data() + format.size();
  auto [at, fault] = std::from_chars(format.data() + 2, end, precision);
  if (fault == std::errc() && at != end && *at == ',') at = std::from_chars(at + 1, end, scale).ptr;
  if (at != end && *at == ',') at = std::from_chars(at + 1, end, bits).ptr;
  if (at != end || bits != 128 || scale < 0 || scale > max_scale)
    return unexpected(unfit(column, "holds decimals of the format " + in_backticks(format) +
                                        "; give 128 bits and a scale of 0 to 18"));
  return kind{layout::decimal128, scale};
}

result<kind> kind_of(std::string_view column, std::string_view format) {
  if (const std::optional<kind> simple = simple_kind(format)) return *simple;
  if (format.starts_with("d:")) return decimal_kind(column, format);
  if (format.size() >= 4 && format.starts_with("ts") && format[3] == ':') {
    if (format.size() == 4)
      return unexpected(unfit(column, "holds times without a zone; give it one, such as UTC"));
    switch (format[2]) {
      case 's': return kind{layout::instant, 0, 1};
      case 'm': return kind{layout::instant, 0, 1'000};
      case 'u': return kind{layout::instant, 0, 1'000'000};
      case 'n': return kind{layout::instant, 0, 1'000'000'000};
      default: break;
    }
  }
  return unexpected(unfit(column, "is of the Arrow format " + in_backticks(format) +
                                      ", which no field takes; cast it to text, numbers, dates or "
                                      "times"));
}

template <class T>
T cell(const void* data, std::int64_t at) {
  T out;
  std::memcpy(&out, static_cast<const char*>(data) + at * static_cast<std::int64_t>(sizeof out),
              sizeof out);
  return out;
}

bool bit(const void* data, std::int64_t at) {
  return (static_cast<const unsigned char*>(data)[at / 8] >> (at % 8) & 1) != 0;
}

result<value> whole(double number) {
  constexpr double exact = 9'007'199'254'740'992;  // 2^53: beyond it not every integer is there
  if (std::isnan(number)) return value();
  if (std::abs(number) > exact || std::trunc(number) != number)
    return unexpected(errc::type_mismatch, "a float is no exact number; cast the column to a "
                                           "decimal or an integer");
  return value(static_cast<std::int64_t>(number));
}

std::string_view text_view_at(const ArrowArray& a, std::int64_t at) {
  // 16 bytes: a length, and the text, or four bytes of it, a buffer's number and a place in it.
  constexpr std::int32_t inlined = 12;
  const char* view = static_cast<const char*>(a.buffers[1]) + at * 16;
  const auto length = cell<std::int32_t>(view, 0);
  if (length <= inlined) return {view + 4, static_cast<std::size_t>(length)};
  const auto buffer = cell<std::int32_t>(view, 2), offset = cell<std::int32_t>(view, 3);
  return {static_cast<const char*>(a.buffers[2 + buffer]) + offset,
          static_cast<std::size_t>(length)};
}

result<value> decimal_at(const ArrowArray& a, std::int64_t at, int scale) {
  const auto low = cell<std::int64_t>(a.buffers[1], 2 * at);
  const auto high = cell<std::int64_t>(a.buffers[1], 2 * at + 1);
  if (high != (low < 0 ? -1 : 0))
    return unexpected(errc::overflow, "a decimal does not fit in 64 bits");
  return value(decimal{low, static_cast<std::uint8_t>(scale)});
}

result<value> date_at(std::int64_t milliseconds) {
  constexpr std::int64_t day = 86'400'000;
  if (milliseconds % day != 0)
    return unexpected(errc::type_mismatch, "a date has a time of day; cast the column to dates");
  const std::int64_t days = milliseconds / day;
  if (days != static_cast<std::int32_t>(days))
    return unexpected(errc::overflow, "a date is out of range");
  return value(date{static_cast<std::int32_t>(days)});
}

result<value> instant_at(std::int64_t count, std::int64_t per_second) {
  constexpr std::int64_t microseconds = 1'000'000;
  if (per_second > microseconds) {
    const std::int64_t finer = per_second / microseconds;
    if (count % finer != 0)
      return unexpected(errc::type_mismatch, "a time is finer than a microsecond; round the "
                                             "column to microseconds");
    return value(instant{count / finer});
  }
  std::int64_t out = 0;
  if (__builtin_mul_overflow(count, microseconds / per_second, &out))
    return unexpected(errc::overflow, "a time is out of range");
  return value(instant{out});
}

result<value> value_of(const kind& k, const ArrowArray& a, std::int64_t at) {
  if (k.is == layout::nothing) return value();
  if (a.null_count != 0 && a.buffers[0] && !bit(a.buffers[0], at)) return value();
  const void* data = a.buffers[1];
  switch (k.is) {
    case layout::boolean: return value(bit(data, at));
    case layout::i8: return value(std::int64_t{cell<std::int8_t>(data, at)});
    case layout::u8: return value(std::int64_t{cell<std::uint8_t>(data, at)});
    case layout::i16: return value(std::int64_t{cell<std::int16_t>(data, at)});
    case layout::u16: return value(std::int64_t{cell<std::uint16_t>(data, at)});
    case layout::i32: return value(std::int64_t{cell<std::int32_t>(data, at)});
    case layout::u32: return value(std::int64_t{cell<std::uint32_t>(data, at)});
    case layout::i64: return value(cell<std::int64_t>(data, at));
    case layout::u64: {
      const auto number = cell<std::uint64_t>(data, at);
      if (number > static_cast<std::uint64_t>(INT64_MAX))
        return unexpected(errc::overflow, "a number does not fit in 64 bits with a sign");
      return value(static_cast<std::int64_t>(number));
    }
    case layout::f32: return whole(cell<float>(data, at));
    case layout::f64: return whole(cell<double>(data, at));
    case layout::text: {
      const auto begin = cell<std::int32_t>(data, at), end = cell<std::int32_t>(data, at + 1);
      return value(std::string_view(static_cast<const char*>(a.buffers[2]) + begin,
                                    static_cast<std::size_t>(end - begin)));
    }
    case layout::long_text: {
      const auto begin = cell<std::int64_t>(data, at), end = cell<std::int64_t>(data, at + 1);
      return value(std::string_view(static_cast<const char*>(a.buffers[2]) + begin,
                                    static_cast<std::size_t>(end - begin)));
    }
    case layout::text_view: return value(text_view_at(a, at));
    case layout::decimal128: return decimal_at(a, at, k.scale);
    case layout::date_days: return value(date{cell<std::int32_t>(data, at)});
    case layout::date_ms: return date_at(cell<std::int64_t>(data, at));
    case layout::instant: return instant_at(cell<std::int64_t>(data, at), k.per_second);
    case layout::nothing: break;
  }
  return value();
}

/// What is released when it goes, as every struct of Arrow's wants it.
template <class Node>
struct owned {
  Node node = {};
  owned() = default;
  owned(const owned&) = delete;
  owned& operator=(const owned&) = delete;
  ~owned() { reset(); }
  void reset() {
    if (node.release) node.release(&node);
    node = Node{};
  }
};

struct column_kind {
  kind cells;
  std::optional<kind> words;  ///< of a dictionary, whose places the cells then are
};

}  // namespace

struct arrow_reader::state {
  owned<ArrowArrayStream> stream;
  owned<ArrowArray> batch;
  std::vector<std::string> names;
  std::vector<column_kind> kinds;

  error told(const char* doing, int code) {
    const char* why =
        stream.node.get_last_error ? stream.node.get_last_error(&stream.node) : nullptr;
    return error(code == ENOMEM ? errc::out_of_memory : errc::invalid_argument,
                 std::string("the Arrow stream could not ") + doing + ": " +
                     (why ? in_backticks(why) : "error " + std::to_string(code)));
  }
};

arrow_reader::arrow_reader(std::unique_ptr<state> s) : state_(std::move(s)) {}
arrow_reader::~arrow_reader() = default;
arrow_reader::arrow_reader(arrow_reader&&) noexcept = default;

result<arrow_reader> arrow_reader::open(ArrowArrayStream& from) {
  auto s = std::make_unique<state>();
  s->stream.node = std::exchange(from, ArrowArrayStream{});
  if (!s->stream.node.release)
    return unexpected(errc::invalid_argument, "the Arrow stream has been used up; give a new one");
  owned<ArrowSchema> schema;
  if (const int code = s->stream.node.get_schema(&s->stream.node, &schema.node); code != 0)
    return unexpected(s->told("tell its columns", code));
  if (std::string_view(schema.node.format) != "+s")
    return unexpected(errc::invalid_argument, "the Arrow stream is of single values; give a table");
  for (std::int64_t i = 0; i < schema.node.n_children; ++i) {
    const ArrowSchema& column = *schema.node.children[i];
    const std::string name = column.name ? column.name : "";
    result<kind> cells = kind_of(name, column.format);
    if (!cells) return passed(cells);
    column_kind& k = s->kinds.emplace_back(column_kind{*cells, {}});
    s->names.push_back(name);
    if (!column.dictionary) continue;
    if (cells->is < layout::i8 || cells->is > layout::u64)
      return unexpected(unfit(name, "has a dictionary whose places are no integers"));
    result<kind> words = kind_of(name, column.dictionary->format);
    if (!words) return passed(words);
    k.words = *words;
  }
  return arrow_reader(std::move(s));
}

const std::vector<std::string>& arrow_reader::columns() const noexcept { return state_->names; }

result<bool> arrow_reader::next() {
  state& s = *state_;
  s.batch.reset();
  if (const int code = s.stream.node.get_next(&s.stream.node, &s.batch.node); code != 0)
    return unexpected(s.told("give its rows", code));
  if (!s.batch.node.release) return false;
  if (s.batch.node.n_children != static_cast<std::int64_t>(s.kinds.size()))
    return unexpected(errc::invalid_argument, "the Arrow stream gave rows of other columns than it "
                                              "told");
  if (s.batch.node.null_count > 0)
    return unexpected(errc::invalid_argument, "the Arrow stream gave rows that are null as a "
                                              "whole; drop them");
  for (std::size_t i = 0; i < s.kinds.size(); ++i)
    if (s.batch.node.children[i]->length < s.batch.node.offset + s.batch.node.length)
      return unexpected(errc::invalid_argument, "the Arrow stream gave a column " +
                                                    in_backticks(s.names[i]) +
                                                    " that is shorter than its table");
  return true;
}

std::size_t arrow_reader::rows() const noexcept {
  return static_cast<std::size_t>(state_->batch.node.length);
}

result<value> arrow_reader::at(std::size_t column, std::size_t row) const {
  const ArrowArray& table = state_->batch.node;
  const ArrowArray& a = *table.children[column];
  const column_kind& k = state_->kinds[column];
  const std::int64_t place = table.offset + static_cast<std::int64_t>(row);
  result<value> out = value_of(k.cells, a, a.offset + place);
  if (out && k.words && !out->is_null()) {
    const std::int64_t word = out->as_integer();
    if (!a.dictionary || word < 0 || word >= a.dictionary->length)
      out = unexpected(errc::invalid_argument, "a place in the column's dictionary does not exist");
    else
      out = value_of(*k.words, *a.dictionary, a.dictionary->offset + word);
  }
  if (!out) out.error().in_field(state_->names[column]);
  return out;
}

}  // namespace guanxi::edge
