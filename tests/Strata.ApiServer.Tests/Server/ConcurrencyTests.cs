using System.Net;

namespace Strata.ApiServer.Tests.Server;

public sealed class ConcurrencyTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task Of_two_writers_who_read_the_same_version_one_is_told_to_read_again()
    {
        await using var api = await TestApi.StartAsync();
        var read = await api.ConfigMapAsync("a");
        string With(string value) => read.Body.Replace("\"v\":\"1\"", $"\"v\":\"{value}\"", StringComparison.Ordinal);
        var answers = await Task.WhenAll(api.PutAsync($"{Maps}/a", With("x")), api.PutAsync($"{Maps}/a", With("y")));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(static answer => answer.Code).Order());
        Assert.Equal("Conflict", answers.Single(static answer => answer.Code == HttpStatusCode.Conflict).Reason);
    }

    [Fact]
    public async Task Patches_of_different_fields_at_the_same_time_all_count()
    {
        await using var api = await TestApi.StartAsync();
        await api.ConfigMapAsync("a");
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
            (await api.MergePatchAsync($"{Maps}/a", $$$"""{"data":{"k{{{i}}}":"x"}}""")).Expect(HttpStatusCode.OK)));
        Assert.Equal(41, (await api.GetAsync($"{Maps}/a")).Json["data"]!.AsObject().Count);
    }

    [Fact]
    public async Task A_counter_behind_optimistic_locking_loses_no_increment()
    {
        await using var api = await TestApi.StartAsync();
        await api.ConfigMapAsync("a", "0");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var done = 0; done < 10;)
            {
                var read = (await api.GetAsync($"{Maps}/a")).Json;
                read["data"]!["v"] = (int.Parse(read["data"]!["v"]!.GetValue<string>()) + 1).ToString();
                var written = await api.PutAsync($"{Maps}/a", read.ToJsonString());
                done += written.Code == HttpStatusCode.OK ? 1 : 0;
            }
        }));
        Assert.Equal("40", (await api.GetAsync($"{Maps}/a")).Json["data"]!["v"]!.GetValue<string>());
    }

    [Fact]
    public async Task Of_many_who_create_the_same_name_one_succeeds()
    {
        await using var api = await TestApi.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => api.PostAsync(Maps, """{"metadata":{"name":"a"}}""")));
        Assert.Single(answers, static answer => answer.Code == HttpStatusCode.Created);
        Assert.Equal(9, answers.Count(static answer => answer.Reason == "AlreadyExists"));
    }

    [Fact]
    public async Task Services_made_at_the_same_time_never_share_an_address()
    {
        await using var api = await TestApi.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i =>
            api.PostAsync("/api/v1/namespaces/default/services", $$$"""{"metadata":{"name":"s{{{i}}}"},"spec":{"ports":[{"port":80}]}}""")));
        var addresses = answers.Select(static answer => answer.Expect(HttpStatusCode.Created).Json["spec"]!["clusterIP"]!.GetValue<string>());
        Assert.Equal(30, addresses.Distinct().Count());
    }
}
