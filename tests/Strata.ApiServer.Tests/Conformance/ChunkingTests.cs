using System.Net;
using Strata.ApiServer.Tests.Server;

namespace Strata.ApiServer.Tests.Conformance;

/// <summary>Upstream's <c>test/e2e/apimachinery/chunking.go</c>, "Servers with support for API chunking should …".</summary>
public sealed class ChunkingTests
{
    private const string Templates = "/api/v1/namespaces/default/podtemplates";
    private const int Count = 100;

    /// <summary>"return chunks of results for list calls": whatever the size of the pages, they show every object once, in order, with a count that fits and one version.</summary>
    [Fact]
    public async Task Pages_of_every_size_add_up()
    {
        await using var api = await TestApi.StartAsync();
        await FillAsync(api);
        foreach (var limit in (int[])[1, 7, 33, 50, 99, 100, 101])
        {
            var found = 0;
            string? version = null;
            var token = "";
            do
            {
                var page = (await api.GetAsync($"{Templates}?limit={limit}{(token.Length > 0 ? "&continue=" + Uri.EscapeDataString(token) : "")}")).Expect(HttpStatusCode.OK);
                version ??= page.Version;
                Assert.Equal(version, page.Version);
                Assert.InRange(page.Names.Count(), 1, limit);
                foreach (var name in page.Names)
                {
                    Assert.Equal($"template-{found:0000}", name);
                    found++;
                }

                token = page.Json["metadata"]!["continue"]?.GetValue<string>() ?? "";
                Assert.Equal(token.Length > 0 ? Count - found : null, page.Json["metadata"]!["remainingItemCount"]?.GetValue<int>());
            }
            while (token.Length > 0);

            Assert.Equal(Count, found);
        }

        Assert.Equal(Count, (await api.GetAsync(Templates)).Names.Count());
    }

    /// <summary>"support continue listing from the last key if the original version has been compacted away, though the list is inconsistent".</summary>
    [Fact]
    public async Task What_the_first_page_left_can_be_read_after_its_version_is_forgotten()
    {
        await using var api = await TestApi.StartAsync();
        await FillAsync(api);
        var first = (await api.GetAsync($"{Templates}?limit=50")).Expect(HttpStatusCode.OK);
        await api.ConfigMapAsync("later");
        await api.Store.CompactAsync(await api.Store.GetCurrentRevisionAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);

        var expired = (await api.GetAsync($"{Templates}?limit=50&continue={first.Json["metadata"]!["continue"]}")).Expect(HttpStatusCode.Gone); // Although no template has changed.
        Assert.Equal("Expired", expired.Reason);
        var second = (await api.GetAsync($"{Templates}?limit=25&continue={expired.Json["metadata"]!["continue"]}")).Expect(HttpStatusCode.OK);
        Assert.NotEqual(first.Version, second.Version);
        Assert.Equal("template-0050", second.Names.First());
        Assert.Equal(25, second.Json["metadata"]!["remainingItemCount"]!.GetValue<int>());
        var third = (await api.GetAsync($"{Templates}?limit=25&continue={second.Json["metadata"]!["continue"]}")).Expect(HttpStatusCode.OK);
        Assert.Equal(second.Version, third.Version);
        Assert.Equal("template-0099", third.Names.Last());
    }

    private static async Task FillAsync(TestApi api)
    {
        for (var index = 0; index < Count; index++)
        {
            (await api.PostAsync(Templates, $$$$"""{"metadata":{"name":"template-{{{{index:0000}}}}"},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"x"}]}}}"""))
                .Expect(HttpStatusCode.Created);
        }
    }
}
