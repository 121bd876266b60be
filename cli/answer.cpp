#include "answer.hpp"

#include "interrupt.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

namespace guanxi::cli {
namespace {

namespace fs = std::filesystem;

struct close_file {
  void operator()(std::FILE* f) const noexcept { std::fclose(f); }
};

error not_written(const std::string& where) {
  const int code = errno;
  return error(code == ENOSPC ? errc::store_full : errc::store_io,
               "could not write " + where + ": " + std::generic_category().message(code) +
                   "; check the disk and the permissions of file and folder")
      .with_store_code(code);
}

edge::text_format text_format_of(answer_format as) {
  if (as == answer_format::csv) return edge::text_format::csv;
  return as == answer_format::json ? edge::text_format::json : edge::text_format::json_lines;
}

std::string table_of(const query::rows& answer, const answer_options& to) {
  return edge::to_text(answer, {.max_rows = to.max_rows, .max_columns = SIZE_MAX,
                                .cell_width = to.cell_width});
}

/// Whether a path leads to a store, be it the one that is open: which is not read here.
bool is_store(const std::string& path, const common_options& how) {
  std::error_code ignored;
  if (fs::equivalent(path, how.file, ignored)) return true;
  const content there = content_of(path);
  return there == content::sqlite || there == content::snapshot;
}

}  // namespace

listing::listing(std::vector<column> columns) {
  std::vector<query::column_info> made;
  for (column& c : columns) {
    query::column_info& info = made.emplace_back();
    info.name = std::move(c.name);
    info.type.base = c.type;
  }
  rows_ = query::rows(std::move(made), nullptr);
}

result<void> print(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (written && std::fflush(stdout) == 0) return {};
  return unexpected(not_written("standard output"));
}

result<void> give(const query::rows& answer, const answer_options& to, const common_options& how) {
  if (to.as == answer_format::table) return give_text(table_of(answer, to), to.file, how);
  if (!to.file.empty()) {
    progress_line bar(in(how.language, "writing", "正在写出"), how.language, how.quiet);
    return edge::save(answer, text_format_of(to.as), to.file, bar.teller());
  }
  const auto going = [](std::uint64_t, std::uint64_t) { return !interrupt::asked(); };
  if (auto ok = edge::write(answer, text_format_of(to.as), print, going); !ok) return ok;
  return to.as == answer_format::json ? print("\n") : result<void>();
}

result<void> give_text(std::string_view text, const std::string& file, const common_options& how) {
  if (file.empty()) return print(text);
  if (is_store(file, how))
    return unexpected(errc::duplicate, in_backticks(file) +
                                           " is a store of Guanxi or another database, and nothing "
                                           "was written; choose another path");
  const std::string beside = file + ".new";
  std::unique_ptr<std::FILE, close_file> out(std::fopen(beside.c_str(), "wb"));
  if (!out) return unexpected(not_written(in_backticks(file)));
  const bool written = std::fwrite(text.data(), 1, text.size(), out.get()) == text.size();
  if (std::fclose(out.release()) == 0 && written &&
      std::rename(beside.c_str(), file.c_str()) == 0)
    return {};
  const error why = not_written(in_backticks(file));
  std::remove(beside.c_str());
  return unexpected(why);
}

}  // namespace guanxi::cli
