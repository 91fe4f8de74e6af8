#include "tests/integration/journals.h"

#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

constexpr int kPage = 1000;

absl::StatusOr<journal::v1::ReadJournalResponse> ReadPage(const std::string& service, int64_t from,
                                                          int size) {
  journal::v1::ReadJournalRequest request;
  request.set_from_position(from);
  request.set_page_size(size);
  auto page = Suite::Get().Call(&journal::v1::JournalService::Stub::ReadJournal, service,
                                "max@management", request);
  EXPECT_TRUE(page.ok()) << service << ": " << page.status();
  return page;
}

}  // namespace

void ReadOn(const std::string& service, Journal* journal) {
  while (true) {
    const auto page = ReadPage(service, static_cast<int64_t>(journal->size()), kPage);
    if (!page.ok() || page->entries().empty()) return;
    journal->insert(journal->end(), page->entries().begin(), page->entries().end());
  }
}

void ReadOn(Journals* journals) {
  for (const std::string& service : Suite::Get().services()) {
    ReadOn(service, &(*journals)[service]);
  }
}

std::map<std::string, int64_t> JournalSizes() {
  std::map<std::string, int64_t> sizes;
  for (const std::string& service : Suite::Get().services()) {
    const auto page = ReadPage(service, 0, 1);
    if (page.ok()) sizes[service] = page->size();
  }
  return sizes;
}

}  // namespace comity::integration
