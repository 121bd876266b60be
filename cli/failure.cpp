#include "failure.hpp"

#include "guanxi/base/text_services.hpp"

#include <algorithm>
#include <cstdio>

namespace guanxi::cli {
namespace {

/// The line of the source that an offset is in, and a mark below the place.
std::string pointed(std::string_view source, std::size_t offset) {
  const std::size_t begin = offset == 0 ? 0 : source.rfind('\n', offset - 1) + 1;
  const std::size_t end = std::min(source.find('\n', offset), source.size());
  std::string line(source.substr(begin, end - begin));
  std::replace(line.begin(), line.end(), '\t', ' ');
  const std::size_t before = display_width(std::string_view(line).substr(0, offset - begin));
  return "  " + line + "\n  " + std::string(before, ' ') + "^\n";
}

}  // namespace

std::string described(const error& why, std::string_view source) {
  std::string out = std::string(why.message()) + " (" + std::string(name(why.code())) + ")\n";
  const auto offset = static_cast<std::size_t>(why.offset());
  const bool within = why.offset() >= 0 && offset <= source.size() && !utf8_fault(source);
  if (within && !source.empty()) out += pointed(source, offset);
  for (const error& other : why.others()) out += "  " + std::string(other.message()) + "\n";
  return out;
}

void tell(const error& why, std::string_view source, std::string_view place) {
  std::fflush(stdout);  // so that what was found before stands before
  const std::string where = place.empty() ? std::string() : std::string(place) + ": ";
  std::fputs(("guanxi: " + where + described(why, source)).c_str(), stderr);
}

}  // namespace guanxi::cli
