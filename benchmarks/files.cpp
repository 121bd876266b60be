// What Python's side of the comparisons reads: the deals as a memory store that was saved, and as a
// SQLite file.
#include "goals.hpp"

#include "shop.hpp"

#include <filesystem>

namespace guanxi::bench {

void write_files(const settings& how) {
  const deals all = make_deals(how.rows);
  const std::string by_hand = how.folder + "/deals.sqlite", ours = how.folder + "/deals.gxm";
  for (const std::string& path : {by_hand, ours})
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  shop file(store_kind::sqlite, by_hand);
  file.load(all.list);
  shop memory(store_kind::memory, "");
  memory.furnish(all);
  memory.load(all.list);
  memory.save(ours);
}

}  // namespace guanxi::bench
