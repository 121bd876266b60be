#include "directory.hpp"

#include <boost/archive/archive_exception.hpp>
#include <boost/archive/text_iarchive.hpp>
#include <boost/archive/text_oarchive.hpp>

#include <locale>
#include <new>
#include <sstream>

namespace guanxi::store::memory {

namespace {

// Without the header, which names the version of Boost: numbers are written alike by all of them.
constexpr unsigned plain = boost::archive::no_header | boost::archive::no_codecvt;

/// More entries than the text has bytes are a lie, which must not be believed with memory.
struct false_count {};

template <class Archive>
void exchange(Archive& ar, column_entry& c, std::size_t most);
template <class Archive>
void exchange(Archive& ar, table_entry& t, std::size_t most);

template <class Archive, class Entry>
void exchange_all(Archive& ar, std::vector<Entry>& entries, std::size_t most) {
  std::uint64_t count = entries.size();
  ar & count;
  if (count > most) throw false_count();
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i == entries.size()) entries.emplace_back();
    exchange(ar, entries[i], most);
  }
}

template <class Archive>
void exchange(Archive& ar, block& b) {
  ar & b.at & b.size;
}

template <class Archive>
void exchange(Archive& ar, column_entry& c, std::size_t) {
  ar & c.shape.form & c.shape.width & c.shape.rows & c.shape.base;
  for (block& b : c.blocks) exchange(ar, b);
}

template <class Archive>
void exchange(Archive& ar, table_entry& t, std::size_t most) {
  ar & t.number & t.rows;
  exchange(ar, t.definition);
  exchange_all(ar, t.columns, most);
}

template <class Archive>
void exchange(Archive& ar, directory& d, std::size_t most) {
  ar & d.commits;
  exchange_all(ar, d.tables, most);
}

}  // namespace

std::string written(const directory& d) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  try {
    boost::archive::text_oarchive ar(out, plain);
    directory copy = d;
    exchange(ar, copy, ~std::size_t{0});
  } catch (const boost::archive::archive_exception&) {
    throw std::bad_alloc();  // nothing else fails in a stream to memory
  }
  return std::move(out).str();
}

std::optional<directory> read(const std::string& text) {
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  directory out;
  try {
    boost::archive::text_iarchive ar(in, plain);
    exchange(ar, out, text.size());
  } catch (const boost::archive::archive_exception&) {
    return std::nullopt;
  } catch (const false_count&) {
    return std::nullopt;
  }
  return out;
}

}  // namespace guanxi::store::memory
