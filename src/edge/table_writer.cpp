// Answers as CSV and JSON: to a text, to whatever takes parts of one, and to a file.
#include "guanxi/base/json.hpp"
#include "guanxi/edge/table.hpp"
#include "store/beside.hpp"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <vector>

namespace guanxi::edge {
namespace {

constexpr std::string_view formula_starts = "=+-@\t\r";
constexpr std::size_t part_bytes = std::size_t{64} * 1024;

void append_csv_text(std::string& out, std::string_view text) {
  const bool formula = text.find_first_of(formula_starts) == 0;
  const bool quoted = text.empty() || text.find_first_of(",\"\r\n") != std::string_view::npos ||
                      text.front() == ' ' || text.back() == ' ';
  if (quoted) out += '"';
  if (formula) out += '\'';
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  if (quoted) out += '"';
}

/// The children of one row as an array of objects.
void append_children(std::string& out, const query::branch_rows& of, std::size_t row) {
  out += '[';
  for (std::size_t i = of.starts[row]; i < of.starts[row + 1]; ++i) {
    out += i == of.starts[row] ? "{" : ", {";
    for (std::size_t c = 0; c < of.all->columns().size(); ++c) {
      if (c) out += ", ";
      append_json_text(out, of.all->columns()[c].name);
      out += ": ";
      if (const query::branch_rows* inner = of.all->branch(c)) append_children(out, *inner, i);
      else append_json_value(out, of.all->at(i, c));
    }
    out += '}';
  }
  out += ']';
}

/// The parts of an answer's text: what stands before the rows, each of them, what stands behind.
class lines {
 public:
  lines(const query::rows& from, text_format as) : from_(from), as_(as) {
    // A row's punctuation and names are the same for all, so they are written once.
    if (as == text_format::csv) return;
    for (const query::column_info& c : from.columns()) {
      std::string& name = names_.emplace_back(names_.empty() ? "{" : ", ");
      append_json_text(name, c.name);
      name += ": ";
    }
  }

  void begin(std::string& out) const {
    if (as_ == text_format::json) out += "[";
    if (as_ != text_format::csv) return;
    for (std::size_t c = 0; c < from_.columns().size(); ++c) {
      if (c) out += ',';
      append_csv_text(out, from_.columns()[c].name);
    }
    out += "\r\n";
  }

  void row(std::string& out, const query::batch& b, std::size_t r) const {
    if (as_ == text_format::csv) return csv_row(out, b, r);
    if (as_ == text_format::json) out += b.first + r == 0 ? "\n" : ",\n";
    for (std::size_t c = 0; c < names_.size(); ++c) {
      out += names_[c];
      if (const query::branch_rows* of = from_.branch(c)) append_children(out, *of, b.first + r);
      else append_json_value(out, b.columns[c].at(r));
    }
    out += as_ == text_format::json ? "}" : "}\n";
  }

  void end(std::string& out) const {
    if (as_ == text_format::json) out += from_.empty() ? "]" : "\n]";
  }

 private:
  void csv_row(std::string& out, const query::batch& b, std::size_t r) const {
    for (std::size_t c = 0; c < b.columns.size(); ++c) {
      if (c) out += ',';
      if (const query::branch_rows* of = from_.branch(c)) {
        std::string children;
        append_children(children, *of, b.first + r);
        append_csv_text(out, children);
        continue;
      }
      const value v = b.columns[c].at(r);
      if (v.type() == value_type::text) append_csv_text(out, v.as_text());
      else if (!v.is_null()) out += v.to_string();
    }
    out += "\r\n";
  }

  const query::rows& from_;
  text_format as_;
  std::vector<std::string> names_;
};

std::string whole(const query::rows& from, text_format as) {
  const lines all(from, as);
  std::string out;
  all.begin(out);
  for (const query::batch& b : from.batches())
    for (std::size_t r = 0; r < b.rows(); ++r) all.row(out, b, r);
  all.end(out);
  return out;
}

struct close_file {
  void operator()(std::FILE* f) const noexcept { std::fclose(f); }
};

error not_written(const std::string& path) {
  const int code = errno;
  const bool full = code == ENOSPC || code == EDQUOT;
  return error(full ? errc::store_full : errc::store_io,
               "could not write " + in_backticks(path) + ": " +
                   std::generic_category().message(code) +
                   (full ? "; free some space and try again"
                         : "; check the disk and the permissions of file and folder"))
      .with_store_code(code);
}

}  // namespace

std::string to_json(const query::rows& from) { return whole(from, text_format::json); }
std::string to_csv(const query::rows& from) { return whole(from, text_format::csv); }

result<void> write(const query::rows& from, text_format as, const text_sink& into,
                   const progress& told) {
  const lines all(from, as);
  std::string part;
  std::uint64_t done = 0;
  const auto hand_over = [&]() -> result<void> {
    if (auto ok = into(part); !ok) return ok;
    part.clear();
    if (told && !told(done, from.size()))
      return unexpected(errc::interrupted, "the writing was cancelled");
    return {};
  };
  all.begin(part);
  for (const query::batch& b : from.batches())
    for (std::size_t r = 0; r < b.rows(); ++r, ++done) {
      if (part.size() >= part_bytes)
        if (auto ok = hand_over(); !ok) return ok;
      all.row(part, b, r);
    }
  all.end(part);
  return hand_over();
}

result<void> save(const query::rows& from, text_format as, const std::string& path,
                  const progress& told) {
  result<store::beside> place = store::beside::of(path);
  if (!place) return passed(place);
  result<store::content> there = store::look_at(path);
  if (!there) return passed(there);
  if (*there == store::content::sqlite_store || *there == store::content::memory_store)
    return unexpected(errc::duplicate, in_backticks(path) +
                                           " is a store of Guanxi, and nothing was written; choose "
                                           "another path");
  std::unique_ptr<std::FILE, close_file> file(std::fopen(place->path().c_str(), "wb"));
  if (!file) return unexpected(not_written(path));
  const auto into = [&](std::string_view part) -> result<void> {
    if (std::fwrite(part.data(), 1, part.size(), file.get()) == part.size()) return {};
    return unexpected(not_written(path));
  };
  if (auto ok = write(from, as, into, told); !ok) return ok;
  // What is still on its way to the disk may fail to get there.
  if (std::fclose(file.release()) != 0) return unexpected(not_written(path));
  return place->take_place();
}

}  // namespace guanxi::edge
