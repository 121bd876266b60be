#include "log.hpp"

namespace guanxi::work {

namespace {

namespace at = schema::system_slot;

bool stamp(std::uint16_t slot) {
  return slot == at::id || slot == at::revision || slot == at::modified_at ||
         slot == at::modified_by;
}

}  // namespace

std::vector<std::uint16_t> differing(const schema::record* before, const schema::record& after,
                                     std::span<const std::uint16_t> numbered) {
  std::vector<std::uint16_t> out;
  out.reserve(numbered.size());
  for (std::uint16_t slot : numbered) {
    if (stamp(slot)) continue;
    const value& now = after.at(slot);
    if (before ? !(before->at(slot) == now) : !now.is_null()) out.push_back(slot);
  }
  return out;
}

std::string packed(const logged_change& c) {
  constexpr std::size_t usual_size = 160;
  std::string out;
  out.reserve(usual_size);
  store::packer to(out);
  to.head(c.what, c.after.of().number(), c.at, c.why);
  if (c.what == store::change_kind::purge) {
    for (std::uint16_t slot : c.numbered)
      if (slot != at::id && !c.before->at(slot).is_null())
        to.only(c.before->of().at(slot).number, c.before->at(slot));
    return out;
  }
  const auto tell = [&](std::uint16_t slot) {
    const std::uint32_t number = c.after.of().at(slot).number;
    if (c.before) to.change(number, c.before->at(slot), c.after.at(slot));
    else to.only(number, c.after.at(slot));
  };
  // A created record is modified when and by whom it is created, as the row says.
  bool stamps_told = !c.before;
  const auto tell_stamps = [&] {
    stamps_told = true;
    for (std::uint16_t slot : {at::modified_at, at::modified_by})
      if (!(c.before->at(slot) == c.after.at(slot))) tell(slot);
  };
  for (std::uint16_t slot : c.changed) {
    if (!stamps_told && c.after.of().at(slot).number > at::modified_by) tell_stamps();
    tell(slot);
  }
  if (!stamps_told) tell_stamps();
  return out;
}

}  // namespace guanxi::work
