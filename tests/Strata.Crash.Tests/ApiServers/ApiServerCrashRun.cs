using Strata.Client;
using Strata.Client.Http;
using Strata.Hosting.Certificates;

namespace Strata.Crash.Tests.ApiServers;

/// <summary>The whole way: clients over HTTPS, the API server, its store. The servers are killed, and their stores and then their successors are asked what is there.</summary>
internal static class ApiServerCrashRun
{
    /// <summary>API servers in one process, so that one kill is a crash of each: starting a process is what a round costs.</summary>
    public const int Servers = 8;

    private const int MostWrites = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Runs the rounds. The next victim starts while this one works, and waits.</summary>
    public static async Task RunAsync(string folder, IReadOnlyList<VictimStore> stores)
    {
        var random = Rounds.Chance();
        var authority = ApiServerVictim.Authority(folder);
        var identity = authority.Issue(CertificateRequestInfo.Client("crash", "system:masters"));
        var histories = stores.Select(_ => new ApiServerHistory()).ToList();
        string[] command = [ApiServerVictim.Command, folder, .. stores.Select(store => store.ToString())];
        var next = Victim.Start(command);
        for (var round = 0; round < Rounds.ApiServer; round++)
        {
            using var victim = next;
            next = Victim.Start(command);
            victim.Go();
            if (random.Next(10) == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.NextDouble() * 300), TimeProvider.System, Token); // Dies while it starts.
                await victim.KillAsync(Token);
            }
            else
            {
                var ports = (await victim.ReadLineAsync(Token) ?? throw new InvalidOperationException("the victim ended by itself")).Split(' ');
                var clients = ports.Select(port =>
                    (IKubeClient)new KubeConfig(new Uri($"https://127.0.0.1:{port}"), authority.CertificatePem, identity.CertificatePem, identity.KeyPem, null).CreateClient("crash")).ToList();
                await Task.WhenAll(clients.Select((client, number) => histories[number].CheckServedAsync(client, Token)));
                await WriteAndKillAsync(victim, clients, histories, random.Next(), random.Next(1, MostWrites));
            }

            await Task.WhenAll(stores.Select((store, number) => CheckStoredAsync(store, histories[number])));
        }

        next.Dispose();
        var (acknowledged, watched) = (histories.Sum(history => history.Acknowledged), histories.Sum(history => history.Watched));
        TestContext.Current.TestOutputHelper?.WriteLine($"{Rounds.ApiServer} kills of {stores.Count} servers, {acknowledged} acknowledged writes all there, {watched} watched without a gap");
        Assert.True(acknowledged > Rounds.ApiServer);
        Assert.True(watched > Rounds.ApiServer);
    }

    private static async Task WriteAndKillAsync(Victim victim, List<IKubeClient> clients, List<ApiServerHistory> histories, int seed, int enough)
    {
        using var dead = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        var loads = clients.Select((client, number) => new ApiServerLoad(client, histories[number], () =>
        {
            if (Interlocked.Increment(ref count) == enough)
            {
                reached.TrySetResult();
            }
        }).RunAsync(HashCode.Combine(seed, number), dead.Token)).ToList();
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Token);
        await victim.KillAsync(Token);
        await dead.CancelAsync();
        await Task.WhenAll(loads);
    }

    private static async Task CheckStoredAsync(VictimStore place, ApiServerHistory history)
    {
        await using var store = await place.OpenAsync(Token);
        await history.CheckStoredAsync(store, Token);
    }
}
