using System.Net;

namespace Strata.ApiServer.Tests.Server;

public sealed class PagingTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task Pages_show_one_version_whatever_is_written_meanwhile()
    {
        await using var api = await TestApi.StartAsync();
        for (var i = 0; i < 7; i++)
        {
            await api.ConfigMapAsync($"m{i}");
        }

        var names = new List<string>();
        var page = await api.GetAsync($"{Maps}?limit=3");
        var version = page.Version;
        Assert.Equal(4, page.Json["metadata"]!["remainingItemCount"]!.GetValue<int>());
        while (true)
        {
            Assert.Equal(version, page.Version);
            names.AddRange(page.Names);
            if (page.Json["metadata"]!["continue"] is not { } token)
            {
                break;
            }

            // Written behind and before the reader's place: neither shows.
            await api.ConfigMapAsync($"a{names.Count}");
            await api.ConfigMapAsync($"z{names.Count}");
            await api.DeleteAsync($"{Maps}/m6");
            page = (await api.GetAsync($"{Maps}?limit=3&continue={token}")).Expect(HttpStatusCode.OK);
        }

        Assert.Equal(Enumerable.Range(0, 7).Select(static i => $"m{i}"), names);
        Assert.Null(page.Json["metadata"]!["remainingItemCount"]);
    }

    [Fact]
    public async Task Pages_of_a_selection_are_full_and_tell_no_remaining_count()
    {
        await using var api = await TestApi.StartAsync();
        for (var i = 0; i < 6; i++)
        {
            await api.ConfigMapAsync($"m{i}", labels: $$"""{"odd":"{{i % 2}}"}""");
        }

        var page = await api.GetAsync($"{Maps}?limit=2&labelSelector=odd%3D1");
        Assert.Equal(["m1", "m3"], page.Names);
        Assert.Null(page.Json["metadata"]!["remainingItemCount"]);
        await api.ConfigMapAsync("other");
        page = await api.GetAsync($"{Maps}?limit=2&labelSelector=odd%3D1&continue={page.Json["metadata"]!["continue"]}");
        Assert.Equal(["m5"], page.Names);
    }

    [Fact]
    public async Task A_token_whose_version_is_forgotten_is_expired_and_brings_one_that_goes_on_at_the_latest()
    {
        await using var api = await TestApi.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            await api.ConfigMapAsync($"m{i}");
        }

        var page = await api.GetAsync($"{Maps}?limit=2");
        await api.ConfigMapAsync("m9");
        await api.Store.CompactAsync(await api.Store.GetCurrentRevisionAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        var expired = (await api.GetAsync($"{Maps}?limit=2&continue={page.Json["metadata"]!["continue"]}")).Expect(HttpStatusCode.Gone);
        Assert.Equal("Expired", expired.Reason);
        var rest = (await api.GetAsync($"{Maps}?continue={expired.Json["metadata"]!["continue"]}")).Expect(HttpStatusCode.OK);
        Assert.Equal(["m2", "m3", "m9"], rest.Names);
    }

    [Fact]
    public async Task An_exact_version_shows_the_past()
    {
        await using var api = await TestApi.StartAsync();
        var first = await api.ConfigMapAsync("a");
        await api.ConfigMapAsync("b");
        Assert.Equal(["a"], (await api.GetAsync($"{Maps}?resourceVersion={first.Version}&resourceVersionMatch=Exact")).Names);
        Assert.Equal(["a", "b"], (await api.GetAsync($"{Maps}?resourceVersion={first.Version}&resourceVersionMatch=NotOlderThan")).Names);
        Assert.Equal(["a", "b"], (await api.GetAsync($"{Maps}?resourceVersion=0")).Names);
    }

    [Fact]
    public async Task A_read_sees_every_write_that_was_acknowledged_before_it()
    {
        await using var api = await TestApi.StartAsync();
        for (var i = 0; i < 50; i++)
        {
            await api.ConfigMapAsync($"m{i:00}");
            Assert.Equal(i + 1, (await api.GetAsync(Maps)).Names.Count());
        }
    }
}
