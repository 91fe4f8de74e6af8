#include "tests/bench/metrics.h"

#include <boost/asio/ip/tcp.hpp>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace comity::bench {
namespace {

constexpr absl::string_view kFlag = "--metrics_listen=";

std::string Fetch(const std::string& address) {
  const std::vector<std::string> parts = absl::StrSplit(address, ':');
  if (parts.size() != 2) return "";
  boost::asio::ip::tcp::iostream stream(parts[0], parts[1]);
  stream << "GET /metrics HTTP/1.0\r\nHost: " << address << "\r\n\r\n" << std::flush;
  std::ostringstream body;
  body << stream.rdbuf();
  return std::move(body).str();
}

}  // namespace

std::string MetricsAddressOf(int pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/cmdline"));
  std::string argument;
  while (std::getline(file, argument, '\0')) {
    absl::string_view rest = argument;
    if (absl::ConsumePrefix(&rest, kFlag)) return std::string(rest);
  }
  return "";
}

double SumOfCounter(const std::string& address, const std::string& name) {
  double sum = 0;
  for (absl::string_view line : absl::StrSplit(Fetch(address), '\n')) {
    if (!absl::ConsumePrefix(&line, absl::StrCat(name, "{"))) continue;
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
    double value = 0;
    if (absl::SimpleAtod(absl::StripSuffix(words.back(), "\r"), &value)) sum += value;
  }
  return sum;
}

}  // namespace comity::bench
