// Words of gx_word: causes that the change log names by number.
#include "guanxi/store/store.hpp"

#include <algorithm>

namespace guanxi::store {

namespace {

// Causes are few: names of effects, of programs, of imports. Who gives every change a cause of its
// own fills the table, and from then on such causes stand in the entries themselves.
constexpr std::uint32_t most_words = 4096;
constexpr std::uint32_t most_probes = 16;
constexpr std::size_t longest_word = 64, words_kept = 64;

/// FNV-1a.
std::uint32_t place_of(std::string_view text) {
  std::uint64_t h = 1469598103934665603ULL;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return static_cast<std::uint32_t>((h >> 32) % most_words);
}

}  // namespace

result<std::uint32_t> transaction::word(std::string_view cause) {
  if (cause.empty() || cause.size() > longest_word) return std::uint32_t{0};
  const auto known = std::find_if(words_.begin(), words_.end(),
                                  [&](const auto& w) { return w.first == cause; });
  if (known != words_.end()) return known->second;
  const schema::entity& words = *catalog_->find(system_table::word.name);
  constexpr std::uint16_t content = system_table::word["content"].slot;
  std::uint32_t found = 0;
  for (std::uint32_t probe = 0; probe < most_probes && found == 0; ++probe) {
    const std::uint32_t number = 1 + (place_of(cause) + probe) % most_words;
    result<schema::record> there = load(words, id{number});
    if (!there) return passed(there);
    if (there->empty()) {
      schema::record fresh(catalog_, words);
      fresh.set(schema::system_slot::id, id{number});
      fresh.set(content, cause);
      if (auto ok = put(fresh, 0); !ok) return passed(ok);
      found = number;
    } else if (there->at(content) == value(cause)) {
      found = number;
    }
  }
  if (words_.size() >= words_kept) words_.clear();
  words_.emplace_back(cause, found);
  return found;
}

}  // namespace guanxi::store
