using System.Net;
using Strata.ApiServer.Tests.Server;

namespace Strata.ApiServer.Tests.Conformance;

/// <summary>Upstream's <c>test/e2e/apimachinery/watch.go</c>, "Watchers should …".</summary>
public sealed class WatchersTests : IClassFixture<SharedApi>
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Label = "watch-this-configmap";

    private readonly TestApi _api;

    public WatchersTests(SharedApi shared) => _api = shared.Api;

    /// <summary>"observe add, update, and delete watch notifications on configmaps".</summary>
    [Fact]
    public async Task Watches_with_labels_see_additions_changes_and_deletions_of_what_they_chose()
    {
        using var a = await OpenAsync("multiple-watchers-A");
        using var b = await OpenAsync("multiple-watchers-B");
        using var both = await OpenAsync("multiple-watchers-A", "multiple-watchers-B");
        await CreateAsync("wa", "multiple-watchers-A");
        await MutateAsync("wa", 1);
        await MutateAsync("wa", 2);
        await _api.DeleteAsync($"{Maps}/wa");
        await CreateAsync("wb", "multiple-watchers-B");
        await _api.DeleteAsync($"{Maps}/wb");

        string[] ofA = ["ADDED wa ", "MODIFIED wa 1", "MODIFIED wa 2", "DELETED wa 2"];
        string[] ofB = ["ADDED wb ", "DELETED wb "];
        Assert.Equal(ofA, await ReadAsync(a, 4));
        Assert.Equal(ofB, await ReadAsync(b, 2));
        Assert.Equal(ofA.Concat(ofB), await ReadAsync(both, 6));
    }

    /// <summary>"be able to start watching from a specific resource version".</summary>
    [Fact]
    public async Task A_watch_starts_at_an_older_version()
    {
        await CreateAsync("from-version", "from-resource-version");
        var first = await MutateAsync("from-version", 1);
        await MutateAsync("from-version", 2);
        await _api.DeleteAsync($"{Maps}/from-version");
        using var watch = await OpenFromAsync(first.Version, "from-resource-version");
        Assert.Equal(["MODIFIED from-version 2", "DELETED from-version 2"], await ReadAsync(watch, 2));
    }

    /// <summary>"be able to restart watching from the last resource version observed by the previous watch".</summary>
    [Fact]
    public async Task A_watch_goes_on_where_another_one_ended()
    {
        string last;
        using (var broken = await OpenAsync("watch-closed-and-restarted"))
        {
            await CreateAsync("restarted", "watch-closed-and-restarted");
            await MutateAsync("restarted", 1);
            await broken.NextAsync();
            last = (await broken.NextAsync())!["object"]!["metadata"]!["resourceVersion"]!.GetValue<string>();
        }

        await MutateAsync("restarted", 2);
        await _api.DeleteAsync($"{Maps}/restarted");
        using var next = await OpenFromAsync(last, "watch-closed-and-restarted");
        Assert.Equal(["MODIFIED restarted 2", "DELETED restarted 2"], await ReadAsync(next, 2));
    }

    /// <summary>"observe an object deletion if it stops meeting the requirements of the selector".</summary>
    [Fact]
    public async Task An_object_that_leaves_the_selection_is_deleted_for_its_watch()
    {
        using var watch = await OpenAsync("label-changed-and-restored");
        await CreateAsync("relabelled", "label-changed-and-restored");
        await MutateAsync("relabelled", 1);
        (await _api.MergePatchAsync($"{Maps}/relabelled", $$$$"""{"metadata":{"labels":{"{{{{Label}}}}":"wrong-value"}}}""")).Expect(HttpStatusCode.OK);
        await MutateAsync("relabelled", 2);
        (await _api.MergePatchAsync($"{Maps}/relabelled", $$$$"""{"metadata":{"labels":{"{{{{Label}}}}":"label-changed-and-restored"}}}""")).Expect(HttpStatusCode.OK);
        await MutateAsync("relabelled", 3);
        await _api.DeleteAsync($"{Maps}/relabelled");
        Assert.Equal(
            ["ADDED relabelled ", "MODIFIED relabelled 1", "DELETED relabelled 1", "ADDED relabelled 2", "MODIFIED relabelled 3", "DELETED relabelled 3"],
            await ReadAsync(watch, 6));
    }

    /// <summary>"receive events on concurrent watches in same order".</summary>
    [Fact]
    public async Task Watches_opened_at_every_version_see_the_same_order()
    {
        const int count = 30;
        var version = (await _api.GetAsync(Maps)).Version;
        var producer = Task.Run(
            async () =>
            {
                var random = new Random(11);
                var there = new HashSet<int>();
                for (var step = 0; step < count; step++)
                {
                    var target = random.Next(5);
                    if (there.Add(target))
                    {
                        await CreateAsync($"order-{target}", "order");
                    }
                    else if (random.Next(2) == 0)
                    {
                        await MutateAsync($"order-{target}", step);
                    }
                    else
                    {
                        there.Remove(target);
                        (await _api.DeleteAsync($"{Maps}/order-{target}")).Expect(HttpStatusCode.OK);
                    }
                }
            },
            TestContext.Current.CancellationToken);
        using var first = await OpenFromAsync(version, "order");
        var versions = new List<string>();
        var later = new List<(int Seen, TestWatch Watch)>();
        for (var index = 0; index < count; index++)
        {
            versions.Add((await first.NextAsync())!["object"]!["metadata"]!["resourceVersion"]!.GetValue<string>());
            if (index % 5 == 0)
            {
                later.Add((index + 1, await OpenFromAsync(versions[^1], "order")));
            }
        }

        await producer;
        Assert.Equal(versions.OrderBy(long.Parse), versions);
        foreach (var (seen, watch) in later)
        {
            for (var index = seen; index < count; index++)
            {
                Assert.Equal(versions[index], (await watch.NextAsync())!["object"]!["metadata"]!["resourceVersion"]!.GetValue<string>());
            }

            watch.Dispose();
        }
    }

    private async Task<TestWatch> OpenAsync(params string[] values)
    {
        var version = (await _api.GetAsync($"{Maps}?limit=1")).Version;
        return await _api.WatchAsync($"{Maps}?watch=true&resourceVersion={version}&labelSelector={Uri.EscapeDataString($"{Label} in ({string.Join(',', values)})")}");
    }

    private Task<TestWatch> OpenFromAsync(string version, string value) =>
        _api.WatchAsync($"{Maps}?watch=true&resourceVersion={version}&labelSelector={Uri.EscapeDataString($"{Label}={value}")}");

    private async Task CreateAsync(string name, string value) =>
        (await _api.PostAsync(Maps, $$$$"""{"metadata":{"name":"{{{{name}}}}","labels":{"{{{{Label}}}}":"{{{{value}}}}"}}}""")).Expect(HttpStatusCode.Created);

    private async Task<Answer> MutateAsync(string name, int step) =>
        (await _api.MergePatchAsync($"{Maps}/{name}", $$$$"""{"data":{"mutation":"{{{{step}}}}"}}""")).Expect(HttpStatusCode.OK);

    private static async Task<List<string>> ReadAsync(TestWatch watch, int count)
    {
        var seen = new List<string>();
        while (seen.Count < count)
        {
            var frame = (await watch.NextAsync())!;
            seen.Add($"{frame["type"]} {frame["object"]!["metadata"]!["name"]} {frame["object"]!["data"]?["mutation"]}");
        }

        return seen;
    }
}
