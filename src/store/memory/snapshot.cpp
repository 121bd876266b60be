#include "snapshot.hpp"

#include "directory.hpp"
#include "guanxi/schema/catalog.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

namespace guanxi::store::memory {

namespace {

using bytes = std::vector<std::uint8_t>;

constexpr std::array<std::uint8_t, 8> magic = {0x89, 'G', 'X', 'M', '\r', '\n', 0x1a, '\n'};
constexpr std::uint64_t format_version = 1;
constexpr std::size_t head_size = 16, tail_size = 32;
constexpr std::size_t read_at_once = std::size_t{1} << 20;

void add_number(bytes& to, std::uint64_t number, int size) {
  for (int i = 0; i < size; ++i) to.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}

std::uint64_t number_at(std::span<const std::uint8_t> from, std::size_t at, int size) {
  std::uint64_t out = 0;
  for (int i = size; i-- > 0;) out = out << 8 | from[at + static_cast<std::size_t>(i)];
  return out;
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// A table as the moment knows it.
struct seen_table {
  const table* kept = nullptr;
  schema::entity_definition definition;
  row_number rows = 0;
  std::uint16_t columns = 0;
};

/// One save: the moment that it keeps, and the file that it fills.
class saving {
 public:
  saving(contents& of, new_file file) : contents_(of), file_(std::move(file)) {}
  result<void> run();

 private:
  void look();
  result<block> write(std::span<const std::uint8_t> what);
  result<table_entry> write(const seen_table& t);
  query::cells_file column(const seen_table& t, std::uint16_t place) const;

  contents& contents_;
  new_file file_;
  std::optional<kept_moment> now_;
  std::vector<seen_table> tables_;
};

void saving::look() {
  const auto held = contents_.hold();
  now_.emplace(contents_);
  for (const std::unique_ptr<table>& newest : contents_.tables()) {
    const table* const t = contents::seen(*newest, now_->at());
    if (!t) continue;
    const auto known = std::count_if(t->columns_born.begin(), t->columns_born.end(),
                                     [&](moment born) { return born <= now_->at(); });
    tables_.push_back({t, t->definition, contents_.rows(*t, now_->at()),
                       static_cast<std::uint16_t>(known)});
  }
  std::sort(tables_.begin(), tables_.end(), [](const seen_table& a, const seen_table& b) {
    return a.kept->number < b.kept->number;
  });
}

/// A column at the moment: copied while the writer waits, and brought back to the moment when it
/// goes on.
query::cells_file saving::column(const seen_table& t, std::uint16_t place) const {
  std::optional<query::cells> copy;
  std::vector<row_number> changed;
  std::vector<value> before;
  {
    const auto held = contents_.hold();
    const std::vector<moment>& born = t.kept->columns_born;
    std::uint16_t slot = 0;
    for (std::uint16_t left = place; born[slot] > now_->at() || left-- > 0;) ++slot;
    copy.emplace(t.kept->columns.column(slot));
    contents_.past().changed(*t.kept, now_->at(), changed);
    std::erase_if(changed, [&](row_number row) { return row >= t.rows; });
    for (row_number row : changed)
      before.push_back(contents_.cell(*t.kept, row, slot, now_->at()));
  }
  copy->truncate(t.rows);
  for (std::size_t i = 0; i < changed.size(); ++i) copy->set(changed[i], before[i]);
  return query::cells_file::of(std::move(*copy), t.rows);
}

result<block> saving::write(std::span<const std::uint8_t> what) {
  if (what.empty()) return block{};
  const block out{file_.written(), what.size()};
  if (auto ok = file_.write(what); !ok) return passed(ok);
  return out;
}

result<table_entry> saving::write(const seen_table& t) {
  table_entry out;
  out.number = t.kept->number;
  out.rows = t.rows;
  result<block> definition = write(bytes_of(schema::to_json(t.definition)));
  if (!definition) return passed(definition);
  out.definition = *definition;
  for (std::uint16_t place = 0; place < t.columns; ++place) {
    const query::cells_file in = column(t, place);
    column_entry& entry = out.columns.emplace_back();
    entry.shape = in.shape();
    for (std::size_t i = 0; i < entry.blocks.size(); ++i) {
      result<block> at = write(in.block(i));
      if (!at) return passed(at);
      entry.blocks[i] = *at;
    }
  }
  return out;
}

result<void> saving::run() {
  look();
  bytes head(magic.begin(), magic.end());
  add_number(head, format_version, 4);
  add_number(head, 0, 4);
  if (auto ok = file_.write(head); !ok) return ok;
  directory all;
  all.commits = now_->at();
  for (const seen_table& t : tables_) {
    result<table_entry> entry = write(t);
    if (!entry) return passed(entry);
    all.tables.push_back(std::move(*entry));
  }
  result<block> at = write(bytes_of(written(all)));
  if (!at) return passed(at);
  bytes tail;
  add_number(tail, at->at, 8);
  add_number(tail, at->size, 8);
  add_number(tail, at->at + at->size + tail_size, 8);
  if (auto ok = file_.write(tail); !ok) return ok;
  bytes sum;
  add_number(sum, file_.sum(), 8);
  if (auto ok = file_.write(sum); !ok) return ok;
  return file_.replace();
}

/// A file on its way into empty contents.
class loading {
 public:
  explicit loading(const old_file& from) : file_(from) {}
  /// The directory of a file that is whole.
  result<directory> open();
  result<std::unique_ptr<table>> load(const table_entry& entry, const schema::entity& as);
  result<schema::entity_definition> definition(const table_entry& entry);
  unexpected damaged(std::string_view how) const {
    return unexpected(errc::store_corrupt, file_.shown_path() + " is damaged: " +
                                               std::string(how) + "; restore a backup");
  }

 private:
  result<void> check_sum(std::uint64_t wanted) const;
  result<bytes> read(const block& b);

  const old_file& file_;
  std::uint64_t blocks_end_ = 0;
  std::uint64_t left_ = 0;  ///< bytes that blocks may still have, so that no two share any
};

result<void> loading::check_sum(std::uint64_t wanted) const {
  checksum sum;
  const std::uint64_t end = file_.size() - 8;
  bytes some(static_cast<std::size_t>(std::min<std::uint64_t>(read_at_once, end)));
  for (std::uint64_t at = 0; at < end;) {
    const std::uint64_t now = std::min<std::uint64_t>(some.size(), end - at);
    const auto piece = std::span(some).first(static_cast<std::size_t>(now));
    if (auto ok = file_.read(at, piece); !ok) return ok;
    sum.add(piece);
    at += now;
  }
  if (sum.value() != wanted) return damaged("its checksum does not fit");
  return {};
}

result<directory> loading::open() {
  std::array<std::uint8_t, head_size> head = {};
  std::array<std::uint8_t, tail_size> tail = {};
  const std::size_t begun = std::min<std::uint64_t>(file_.size(), magic.size());
  if (auto ok = file_.read(0, std::span(head).first(begun)); !ok) return passed(ok);
  if (begun == 0 || !std::equal(magic.begin(), magic.begin() + begun, head.begin()))
    return unexpected(errc::not_a_database, file_.shown_path() +
                                                " is no snapshot of a memory store, and was left "
                                                "as it is; choose another path");
  if (file_.size() < head_size + tail_size) return damaged("it ends before its time");
  if (auto ok = file_.read(0, head); !ok) return passed(ok);
  if (auto ok = file_.read(file_.size() - tail_size, tail); !ok) return passed(ok);
  const block at{number_at(tail, 0, 8), number_at(tail, 8, 8)};
  if (number_at(tail, 16, 8) != file_.size()) return damaged("it ends before its time");
  if (auto ok = check_sum(number_at(tail, 24, 8)); !ok) return passed(ok);
  if (const std::uint64_t version = number_at(head, magic.size(), 4); version > format_version)
    return unexpected(errc::newer_schema, file_.shown_path() +
                                              " was written by a later version of Guanxi (format " +
                                              std::to_string(version) +
                                              "); update the library to open it");
  blocks_end_ = left_ = file_.size() - tail_size;
  result<bytes> text = read(at);
  if (!text) return passed(text);
  blocks_end_ = at.at;
  std::optional<directory> out = memory::read(std::string(text->begin(), text->end()));
  if (!out) return damaged("its directory cannot be read");
  return *std::move(out);
}

result<bytes> loading::read(const block& b) {
  if (b.size == 0) return bytes();
  if (b.at < head_size || b.at > blocks_end_ || b.size > blocks_end_ - b.at || b.size > left_)
    return damaged("a block is not within it");
  left_ -= b.size;
  bytes out(static_cast<std::size_t>(b.size));
  if (auto ok = file_.read(b.at, out); !ok) return passed(ok);
  return out;
}

result<schema::entity_definition> loading::definition(const table_entry& entry) {
  result<bytes> text = read(entry.definition);
  if (!text) return passed(text);
  auto out = schema::entity_from_json(
      {reinterpret_cast<const char*>(text->data()), text->size()});
  if (!out) return damaged(out.error().message());
  return out;
}

result<std::unique_ptr<table>> loading::load(const table_entry& entry, const schema::entity& as) {
  auto out = std::make_unique<table>(as, 0);
  if (entry.columns.size() != as.slots() || entry.number > 0xffff)
    return damaged("`" + std::string(as.name()) + "` has other columns than fields");
  out->number = static_cast<std::uint16_t>(entry.number);
  std::vector<query::cells> columns;
  columns.reserve(as.slots());
  for (std::uint16_t slot = 0; slot < as.slots(); ++slot) {
    const column_entry& c = entry.columns[slot];
    std::array<bytes, query::cells_file::blocks> blocks;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      result<bytes> block = read(c.blocks[i]);
      if (!block) return passed(block);
      blocks[i] = std::move(*block);
    }
    std::optional<query::cells> column = query::cells_file::read(
        out->columns.column(slot).type(), c.shape, std::move(blocks));
    if (!column) return damaged("`" + as.at(slot).name + "` of `" + std::string(as.name()) +
                                "` contradicts itself");
    columns.push_back(std::move(*column));
  }
  if (!query::cells_file::fill(out->columns, std::move(columns), entry.rows))
    return damaged("`" + std::string(as.name()) + "` has records without ids of their own");
  while (out->columns.settle()) {}
  return out;
}

}  // namespace

result<void> snapshot::save(contents& of, const std::string& path, system_calls& calls) {
  result<new_file> file = new_file::beside(path, calls);
  if (!file) return passed(file);
  return saving(of, std::move(*file)).run();
}

result<void> snapshot::load(contents& into, const old_file& from) {
  loading file(from);
  result<directory> all = file.open();
  if (!all) return passed(all);
  std::vector<schema::entity_definition> definitions;
  for (const table_entry& entry : all->tables) {
    result<schema::entity_definition> d = file.definition(entry);
    if (!d) return passed(d);
    definitions.push_back(std::move(*d));
  }
  result<schema::catalog_ptr> catalog = schema::catalog::compile(definitions);
  if (!catalog) return file.damaged(catalog.error().message());
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    auto loaded = file.load(all->tables[i], *(*catalog)->entities()[i]);
    if (!loaded) return passed(loaded);
    if (!into.tables_.insert(std::move(*loaded)).second)
      return file.damaged("two tables have one number");
  }
  constexpr moment more_than_ever = moment{1} << 47;
  if (all->commits >= more_than_ever) return file.damaged("its number of commits is out of range");
  into.committed_ = std::max<moment>(all->commits, 1);
  for (const std::unique_ptr<table>& t : into.tables_) {
    t->changed_at = into.committed_;
    t->version = ++into.versions_;
  }
  return {};
}

}  // namespace guanxi::store::memory
