using Strata.Api.Models;
using Strata.Client;
using Strata.Testing;

namespace Strata.EndToEnd.Tests;

/// <summary><c>strata server</c> on SQLite.</summary>
[Collection(SharedClusterCollection.Name)]
public sealed class LoneServerTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task A_server_on_SQLite_works_at_once_and_refuses_what_takes_several()
    {
        var program = TestCluster.FindProgram(out var reason);
        Assert.SkipWhen(program is null, reason);
        await TestLeftovers.SweepOnceAsync(program!);
        await using var lone = new TestServer(program!, "lone");
        var started = await lone.TryStartAloneAsync();
        Assert.True(started.ExitCode == 0, started.ToString());

        // Nobody to exclude: the controllers work, and no lease is written for it.
        var client = lone.Connect();
        await Eventually.TrueAsync(async () => await client.FindAsync<ServiceAccount>("default", "default", CancellationToken.None) is not null);
        Assert.Empty((await client.ListAsync<Lease>("kube-system", ListOptions.All, CancellationToken.None)).Items);
        Assert.Equal("192.0.2.9", (await client.GetAsync<Endpoints>("default", "kubernetes", CancellationToken.None)).Subsets.Single().Addresses.Single().Ip);

        var keys = Path.Combine(lone.DataDirectory, "keys");
        Assert.Equal(0, (await lone.RunAsync("server", "keys", "export", keys)).ExitCode);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(keys));
        await AssertRefusedAsync(lone.RunAsync("server", "keys", "export", keys), "exists already");

        await using var second = new TestServer(program!, "second");
        await AssertRefusedAsync(second.RunAsync("server", "-d", "--keys", keys), "several servers need an etcd that they share");
        await AssertRefusedAsync(second.RunAsync("server", "-d", "--keys", keys, "--port", "1"), "--port 1 does not fit");
        await AssertRefusedAsync(second.RunAsync("server", "keys", "export", keys + "2"), "there is no server in");
        File.SetUnixFileMode(keys, OwnerOnly | UnixFileMode.GroupRead);
        await AssertRefusedAsync(second.RunAsync("server", "-d", "--keys", keys), $"chmod 600 {keys}");

        Assert.Equal(0, (await lone.RunAsync("status")).ExitCode);
        Assert.Equal(0, (await lone.RunAsync("down")).ExitCode);
        await AssertRefusedAsync(lone.RunAsync("up", "-d"), "was made by strata server");
    }

    private static async Task AssertRefusedAsync(Task<CommandResult> command, string why)
    {
        var result = await command;
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(why, result.Errors, StringComparison.Ordinal);
    }
}
