#include "log.hpp"

#include "guanxi/base/json.hpp"

namespace guanxi::work {

namespace {

bool stamp(std::uint16_t slot) {
  namespace at = schema::system_slot;
  return slot == at::id || slot == at::revision || slot == at::modified_at ||
         slot == at::modified_by;
}

}  // namespace

std::vector<std::uint16_t> differing(const schema::record* before, const schema::record& after) {
  std::vector<std::uint16_t> out;
  const std::size_t slots = after.slots().size();
  out.reserve(slots);
  for (std::uint16_t slot = 0; slot < slots; ++slot) {
    if (stamp(slot)) continue;
    const value& now = after.at(slot);
    if (before ? !(before->at(slot) == now) : !now.is_null()) out.push_back(slot);
  }
  return out;
}

std::string fields_as_json(const schema::record& r, std::span<const std::uint16_t> slots,
                           std::span<const std::string> keys) {
  std::string out = "{";
  out.reserve(32 * (slots.size() + 1));
  for (std::uint16_t slot : slots) {
    if (out.size() > 1) out += ',';
    out += keys[slot];
    append_json_value(out, r.at(slot));
  }
  out += '}';
  return out;
}

}  // namespace guanxi::work
