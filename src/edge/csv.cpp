#include "guanxi/edge/csv.hpp"

#include "guanxi/base/text_services.hpp"

#include <array>
#include <filesystem>
#include <fstream>

namespace guanxi::edge {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool line_end(char c) noexcept { return c == '\n' || c == '\r'; }

bool usable(char delimiter) noexcept {
  const auto c = static_cast<unsigned char>(delimiter);
  return c != 0 && c < 0x80 && c != '"' && !line_end(delimiter);
}

}  // namespace

csv_reader::csv_reader(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {
  if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
}

result<bool> csv_reader::next(std::vector<std::string_view>& cells) {
  cells.clear();
  unescaped_.clear();
  if (!usable(delimiter_)) {
    return unexpected(errc::invalid_argument,
                      "the delimiter must be one ASCII character, neither a quote nor a line end");
  }
  if (at_ >= text_.size()) return false;
  row_start_ = at_;
  row_line_ = next_line_;
  while (true) {
    if (at_ < text_.size() && text_[at_] == '"') {
      if (auto read = read_quoted(cells); !read) {
        at_ = row_start_;
        return passed(read);
      }
    } else {
      read_plain(cells);
    }
    if (at_ >= text_.size() || text_[at_] != delimiter_) break;
    ++at_;
  }
  if (auto sound = check_text(row_start_, at_); !sound) {
    at_ = row_start_;
    return passed(sound);
  }
  skip_line_end();
  next_line_ = line_at(at_);
  return true;
}

void csv_reader::read_plain(std::vector<std::string_view>& cells) {
  const std::size_t start = at_;
  while (at_ < text_.size() && text_[at_] != delimiter_ && !line_end(text_[at_])) ++at_;
  cells.push_back(text_.substr(start, at_ - start));
}

result<void> csv_reader::read_quoted(std::vector<std::string_view>& cells) {
  const std::size_t opening = at_;
  std::size_t piece = at_ + 1;
  std::string* copied = nullptr;
  while (true) {
    const std::size_t quote = text_.find('"', at_ + 1);
    if (quote == std::string_view::npos) {
      return fault(errc::parse, opening, "a quote is opened and never closed");
    }
    at_ = quote + 1;
    if (at_ >= text_.size() || text_[at_] != '"') {
      const std::string_view last = text_.substr(piece, quote - piece);
      if (copied != nullptr) copied->append(last);
      cells.push_back(copied != nullptr ? std::string_view(*copied) : last);
      break;
    }
    if (copied == nullptr) copied = &unescaped_.emplace_back();
    copied->append(text_.substr(piece, at_ - piece));
    piece = at_ + 1;
  }
  if (at_ < text_.size() && text_[at_] != delimiter_ && !line_end(text_[at_])) {
    return fault(errc::parse, at_,
                 "text follows a closing quote; write a quote inside a quoted cell twice");
  }
  return {};
}

void csv_reader::skip_line_end() noexcept {
  if (at_ >= text_.size()) return;
  const bool carriage_return = text_[at_] == '\r';
  ++at_;
  if (carriage_return && at_ < text_.size() && text_[at_] == '\n') ++at_;
}

// Delimiters, quotes and line ends are ASCII, so a row never ends inside a character.
result<void> csv_reader::check_text(std::size_t from, std::size_t to) const {
  const std::string_view row = text_.substr(from, to - from);
  const std::size_t nul = row.find('\0');
  const auto bad = utf8_fault(row);
  if (bad && *bad < nul) {
    return fault(errc::invalid_text, from + *bad, "the text is not UTF-8; save the file as UTF-8");
  }
  if (nul != std::string_view::npos) {
    return fault(errc::invalid_text, from + nul,
                 "there is a NUL byte; save the file as UTF-8 text and remove it");
  }
  return {};
}

std::int64_t csv_reader::line_at(std::size_t offset) const noexcept {
  std::int64_t line = row_line_;
  for (std::size_t i = row_start_; i < offset; ++i) {
    const bool ends = text_[i] == '\r' || (text_[i] == '\n' && (i == 0 || text_[i - 1] != '\r'));
    if (ends) ++line;
  }
  return line;
}

unexpected csv_reader::fault(errc code, std::size_t offset, const std::string& what) const {
  const std::int64_t line = line_at(offset);
  return unexpected(error(code, "line " + std::to_string(line) + ", byte " +
                                    std::to_string(offset) + ": " + what)
                        .at_line(line)
                        .at_offset(static_cast<std::int64_t>(offset)));
}

result<std::string> read_file(const std::string& path) {
  const std::string named = "`" + path + "`";  // whole, however long: a cut path names no file
  if (path.find('\0') != std::string::npos) {
    return unexpected(errc::invalid_text, "a path cannot contain a NUL byte");
  }
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(path, ignored);
  if (status.type() == std::filesystem::file_type::not_found) {
    return unexpected(errc::file_missing, "there is no file " + named);
  }
  if (status.type() == std::filesystem::file_type::directory) {
    return unexpected(errc::store_io, named + " is a folder; name a file in it");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return unexpected(errc::store_io, named + " cannot be opened; check its permissions");
  }
  std::string content;
  std::array<char, 1 << 16> block;
  while (file.read(block.data(), block.size()) || file.gcount() > 0) {
    content.append(block.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) return unexpected(errc::store_io, named + " cannot be read to its end");
  return content;
}

}  // namespace guanxi::edge
