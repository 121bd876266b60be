#include "terminal.hpp"

#include "guanxi/base/text_services.hpp"
#include "interrupt.hpp"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace guanxi::cli {
namespace {

constexpr std::size_t widest_bar = 30;
constexpr auto between_drawings = std::chrono::milliseconds(100);

std::string duration(double seconds) {
  const auto all = static_cast<std::uint64_t>(seconds + 0.5);
  const auto two = [](std::uint64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  if (all < 3600) return std::to_string(all / 60) + ":" + two(all % 60);
  return std::to_string(all / 3600) + ":" + two(all / 60 % 60) + ":" + two(all % 60);
}

std::string bar(double share, std::size_t columns, bool ascii) {
  static constexpr std::string_view eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto parts = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) *
                                              static_cast<double>(columns) * 8);
  std::string out;
  for (std::size_t i = 0; i < parts / 8; ++i) out += ascii ? "#" : "█";
  std::size_t drawn = parts / 8;
  if (!ascii && parts % 8 != 0) {
    out += eighths[parts % 8];
    ++drawn;
  }
  return out.append(columns - drawn, ascii ? '-' : ' ');
}

std::size_t width_of(const std::vector<std::string>& parts) {
  std::size_t out = 0;
  for (const std::string& p : parts) out += display_width(p) + 2;
  return out - 2;
}

}  // namespace

bool is_terminal(int file) noexcept { return isatty(file) == 1; }

std::size_t columns_of(int file) noexcept {
  winsize size = {};
  if (ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

bool locale_is_utf8() { return std::string_view(nl_langinfo(CODESET)) == "UTF-8"; }

language locale_language() {
  for (const char* word : {"LC_ALL", "LC_MESSAGES", "LANG"})
    if (const char* named = std::getenv(word); named && *named)
      return std::string_view(named).substr(0, 2) == "zh" ? language::chinese : language::english;
  return language::english;
}

bool may_colour(int file) {
  const char* refused = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  return is_terminal(file) && !(refused && *refused) && kind && std::string_view(kind) != "dumb";
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

progress_line::progress_line(std::string_view label, language in, bool quiet)
    : label_(label), language_(in), shown_(!quiet && is_terminal(STDERR_FILENO)),
      ascii_(!locale_is_utf8()), started_(std::chrono::steady_clock::now()), next_(started_) {}

progress_line::~progress_line() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

progress progress_line::teller() {
  return [this](std::uint64_t done, std::uint64_t total) { return tell(done, total); };
}

bool progress_line::tell(std::uint64_t done, std::uint64_t total) {
  const auto now = std::chrono::steady_clock::now();
  if (shown_ && (now >= next_ || done == total)) {
    next_ = now + between_drawings;
    drawn_ = true;
    const double seconds = std::chrono::duration<double>(now - started_).count();
    std::fputs(("\r" + line(done, total, seconds) + "\x1b[K").c_str(), stderr);
    std::fflush(stderr);
  }
  return !interrupt::asked();
}

std::string progress_line::line(std::uint64_t done, std::uint64_t total, double seconds) const {
  const std::size_t columns = columns_of(STDERR_FILENO) - 1;
  std::vector<std::string> parts = {label_, grouped(done)};
  if (total) {
    parts.back() += " / " + grouped(total);
    parts.push_back(std::to_string(done * 100 / total) + "%");
  }
  if (seconds > 0 && done) {
    const double rate = static_cast<double>(done) / seconds;
    parts.push_back(grouped(static_cast<std::uint64_t>(rate)) +
                    std::string(in(language_, "/s", " 条/秒")));
    const std::string left = duration(static_cast<double>(total - std::min(done, total)) / rate);
    if (total)
      parts.push_back(language_ == language::chinese ? "剩余 " + left : left + " left");
  }
  while (parts.size() > 1 && width_of(parts) > columns) parts.pop_back();
  const std::size_t room = columns - std::min(columns, width_of(parts) + 2);
  if (total && room >= 8 && parts.size() > 1)
    parts.insert(parts.begin() + 1,
                 bar(static_cast<double>(done) / static_cast<double>(total),
                     std::min(room, widest_bar), ascii_));
  std::string out;
  for (const std::string& p : parts) out += (out.empty() ? "" : "  ") + p;
  return display_width(out) <= columns ? out : std::string();
}

}  // namespace guanxi::cli
