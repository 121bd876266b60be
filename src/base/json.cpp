#include "guanxi/base/json.hpp"

#include "guanxi/base/text_services.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <new>
#include <unordered_set>

namespace guanxi {

namespace {

unexpected fault_at(std::string_view text, std::size_t offset, errc code, const std::string& what) {
  const std::size_t at = std::min(offset, text.size());
  const std::string_view before = text.substr(0, at);
  const std::int64_t line = 1 + std::count(before.begin(), before.end(), '\n');
  return unexpected(error(code, "JSON cannot be read at line " + std::to_string(line) + ": " + what)
                        .at_line(line)
                        .at_offset(static_cast<std::int64_t>(at)));
}

/// Tells how far the reader has come, which its events do not.
class tracked_iterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  tracked_iterator(const char* at, const char** furthest) : at_(at), furthest_(furthest) {}
  reference operator*() const { return *at_; }
  tracked_iterator& operator++() {
    *furthest_ = ++at_;
    return *this;
  }
  tracked_iterator operator++(int) {
    tracked_iterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const tracked_iterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  const char** furthest_;
};

/// Receives the reader's events and builds the tree; returning false stops the reader.
class tree_builder {
 public:
  using reader = nlohmann::json;

  tree_builder(std::string_view text, std::size_t max_depth)
      : text_(text), max_depth_(max_depth), furthest_(text.data()) {}

  bool run() {
    const char* end = text_.data() + text_.size();
    return reader::sax_parse(tracked_iterator(text_.data(), &furthest_),
                             tracked_iterator(end, &furthest_), this);
  }
  json take() { return std::move(root_); }
  unexpected failure() const {
    return fault_at(text_, fault_offset_, errc::parse, fault_);
  }

  bool null() { return put(json()); }
  bool boolean(bool b) { return put(json::make_boolean(b)); }
  bool number_integer(reader::number_integer_t) { return put(json::make_number(number_text())); }
  bool number_unsigned(reader::number_unsigned_t) { return put(json::make_number(number_text())); }
  bool number_float(reader::number_float_t, const reader::string_t&) {
    return put(json::make_number(number_text()));
  }
  bool string(reader::string_t& text) { return put(json::make_text(std::move(text))); }
  bool binary(reader::binary_t&) { return stop(offset(), "binary data is not JSON"); }

  bool start_object(std::size_t) { return open(json::make_object()); }
  bool start_array(std::size_t) { return open(json::make_array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(reader::string_t& name) {
    level& top = open_.back();
    if (!top.keys.insert(name).second) {
      return stop(offset() - 1, "the key " + in_backticks(name) + " stands twice in one object");
    }
    top.key = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& why) {
    return stop(position == 0 ? 0 : position - 1, plain(why.what()));
  }

 private:
  struct level {
    json node;
    std::string key;  // of the member that is being read
    std::unordered_set<std::string> keys;
  };

  std::size_t offset() const { return static_cast<std::size_t>(furthest_ - text_.data()); }

  bool stop(std::size_t offset, std::string why) {
    fault_offset_ = offset;
    fault_ = std::move(why);
    return false;
  }

  /// The reader's message without its own name, place and echo of the input, which may be long.
  static std::string plain(std::string_view what) {
    if (const auto cut = what.find("] "); cut != what.npos) what.remove_prefix(cut + 2);
    if (what.starts_with("parse error at")) {
      if (const auto cut = what.find(": "); cut != what.npos) what.remove_prefix(cut + 2);
    }
    if (what.starts_with("number overflow")) return "a number is too large";
    const auto echo = what.find("; last read: '");
    if (echo == what.npos) return std::string(what);
    const auto after = what.rfind("'; expected ");
    std::string kept(what.substr(0, echo));
    if (after != what.npos && after > echo && is_wanted(what.substr(after + 12)))
      kept += what.substr(after + 1);
    return kept;
  }

  /// Whether it is what the reader calls a token, and not a part of the input that looks like that.
  static bool is_wanted(std::string_view what) {
    constexpr std::size_t longest = 32;
    return what.size() <= longest && std::all_of(what.begin(), what.end(), [](char c) {
             return c >= ' ' && c <= '~';
           });
  }

  /// The number that was just read, as written: the reader hands out 64-bit values and a text that
  /// follows the C locale's decimal point, and it has already looked at the character after it.
  std::string number_text() const {
    const auto in_number = [](char c) {
      return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    };
    std::size_t end = offset();
    if (end > 0 && !in_number(text_[end - 1])) --end;
    std::size_t start = end;
    while (start > 0 && in_number(text_[start - 1])) --start;
    return std::string(text_.substr(start, end - start));
  }

  bool put(json node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (level& top = open_.back(); top.node.is(json::type::array)) {
      top.node.items().push_back(std::move(node));
    } else {
      top.node.members().emplace_back(std::move(top.key), std::move(node));
    }
    return true;
  }

  bool open(json node) {
    if (open_.size() == max_depth_) {
      return stop(offset() - 1, "it nests deeper than " + std::to_string(max_depth_) + " levels");
    }
    open_.push_back({std::move(node), {}, {}});
    return true;
  }

  bool close() {
    json node = std::move(open_.back().node);
    open_.pop_back();
    return put(std::move(node));
  }

  std::string_view text_;
  std::size_t max_depth_;
  const char* furthest_;
  json root_;
  std::vector<level> open_;
  std::size_t fault_offset_ = 0;
  std::string fault_;
};

void append_line(std::string& out, int indent, int depth) {
  if (indent < 0) return;
  out += '\n';
  out.append(static_cast<std::size_t>(indent) * static_cast<std::size_t>(depth), ' ');
}

void append_tree(std::string& out, const json& node, int indent, int depth) {
  switch (node.kind()) {
    case json::type::null: out += "null"; return;
    case json::type::boolean: out += node.as_boolean() ? "true" : "false"; return;
    case json::type::number: out += node.as_text(); return;
    case json::type::text: append_json_text(out, node.as_text()); return;
    case json::type::array: {
      out += '[';
      const char* comma = "";
      for (const json& item : node.items()) {
        out += comma;
        append_line(out, indent, depth + 1);
        append_tree(out, item, indent, depth + 1);
        comma = ",";
      }
      if (!node.items().empty()) append_line(out, indent, depth);
      out += ']';
      return;
    }
    case json::type::object: {
      out += '{';
      const char* comma = "";
      for (const auto& [key, item] : node.members()) {
        out += comma;
        append_line(out, indent, depth + 1);
        append_json_text(out, key);
        out += indent < 0 ? ":" : ": ";
        append_tree(out, item, indent, depth + 1);
        comma = ",";
      }
      if (!node.members().empty()) append_line(out, indent, depth);
      out += '}';
      return;
    }
  }
}

void append_escape(std::string& out, unsigned char c) {
  constexpr const char* hex = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
      out += "\\u00";
      out += hex[c >> 4];
      out += hex[c & 0xf];
  }
}

bool stands_for_itself(unsigned char c) { return c >= 0x20 && c != '"' && c != '\\'; }

/// The first place at or after `at` with a character that needs an escape, eight bytes at a time.
std::size_t past_plain(std::string_view text, std::size_t at) {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101ULL, tops = 0x8080'8080'8080'8080ULL;
  const auto has_zero = [&](std::uint64_t x) { return (x - ones) & ~x & tops; };
  for (; text.size() - at >= 8; at += 8) {
    std::uint64_t block = 0;
    std::memcpy(&block, text.data() + at, 8);
    const std::uint64_t control = (block - ones * 0x20) & ~block & tops;
    if (control | has_zero(block ^ ones * '"') | has_zero(block ^ ones * '\\')) break;
  }
  while (at < text.size() && stands_for_itself(static_cast<unsigned char>(text[at]))) ++at;
  return at;
}

/// Appends text that is well-formed UTF-8, escaped.
void append_escaped(std::string& out, std::string_view text) {
  for (std::size_t from = 0;;) {
    const std::size_t to = past_plain(text, from);
    out += text.substr(from, to - from);
    if (to == text.size()) return;
    append_escape(out, static_cast<unsigned char>(text[to]));
    from = to + 1;
  }
}

void append_number(std::string& out, std::int64_t number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, std::end(digits), number).ptr);
}

}  // namespace

result<json> json::parse(std::string_view text, std::size_t max_depth) {
  try {
    if (const auto fault = utf8_fault(text)) {
      return fault_at(text, *fault, errc::invalid_text, "the text is not UTF-8; save it as UTF-8");
    }
    tree_builder builder(text, max_depth);
    if (!builder.run()) return builder.failure();
    return builder.take();
  } catch (const std::bad_alloc&) {
    throw;  // as an error it would be taken for one of the text, and a store for damaged
  } catch (const std::exception& why) {
    return unexpected(errc::internal, std::string("the JSON reader failed: ") + why.what());
  }
}

json json::make_boolean(bool b) {
  json j;
  j.kind_ = type::boolean;
  j.flag_ = b;
  return j;
}

json json::make_number(std::string text) {
  json j;
  j.kind_ = type::number;
  j.text_ = std::move(text);
  return j;
}

json json::make_text(std::string text) {
  json j;
  j.kind_ = type::text;
  j.text_ = std::move(text);
  return j;
}

json json::make_array() {
  json j;
  j.kind_ = type::array;
  return j;
}

json json::make_object() {
  json j;
  j.kind_ = type::object;
  return j;
}

const json* json::find(std::string_view key) const noexcept {
  const auto at = std::find_if(members_.begin(), members_.end(),
                               [&](const member& m) { return m.first == key; });
  return at == members_.end() ? nullptr : &at->second;
}

std::string json::dump(int indent) const {
  std::string out;
  append_tree(out, *this, indent, 0);
  return out;
}

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  // A JSON text must be UTF-8 whatever it is given; each ill-formed byte becomes U+FFFD.
  while (const auto fault = utf8_fault(text)) {
    append_escaped(out, text.substr(0, *fault));
    out += "\xef\xbf\xbd";
    text.remove_prefix(*fault + 1);
  }
  append_escaped(out, text);
  out += '"';
}

void append_json_value(std::string& out, const value& v) {
  switch (v.type()) {
    case value_type::integer: return append_number(out, v.as_integer());
    case value_type::text: return append_json_text(out, v.as_text());
    case value_type::reference:
      out += '"';
      append_number(out, v.as_id().value);
      out += '"';
      return;
    case value_type::date:
    case value_type::instant:
      out += '"';
      out += v.to_string();
      out += '"';
      return;
    default: out += v.to_string();
  }
}

}  // namespace guanxi
