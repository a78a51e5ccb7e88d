using System.Globalization;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;

namespace Strata.Crash.Tests.ApiServers;

/// <summary>Writers of one API server, each with names of its own, and a watcher. They end with the server.</summary>
internal sealed class ApiServerLoad(IKubeClient client, ApiServerHistory history, Action acknowledged)
{
    private const int Writers = 3;
    private const int NamesPerWriter = 10;

    public async Task RunAsync(int seed, CancellationToken cancellationToken)
    {
        try
        {
            var now = await client.ListAsync<ConfigMap>("default", ListOptions.All, cancellationToken);
            await Task.WhenAll(
            [
                WatchAsync(now.ResourceVersion, cancellationToken),
                .. Enumerable.Range(0, Writers).Select(writer => WriteAsync(writer, new Random(HashCode.Combine(seed, writer)), cancellationToken)),
            ]);
        }
        catch (Exception e) when (e is ApiException or OperationCanceledException or HttpRequestException or IOException)
        {
            // The server is dead. What was under way may be there or not.
        }
    }

    private async Task WatchAsync(string version, CancellationToken cancellationToken)
    {
        await foreach (var change in client.WatchAsync<ConfigMap>("default", new WatchOptions { ResourceVersion = version }, cancellationToken))
        {
            if (change.Type is WatchEventType.Added or WatchEventType.Modified)
            {
                history.Saw(change.Object!);
            }
        }
    }

    private async Task WriteAsync(int writer, Random random, CancellationToken cancellationToken)
    {
        while (true)
        {
            history.Remember(await WriteAsync(new ConfigMap
            {
                Metadata = new ObjectMeta { Namespace = "default", Name = string.Create(CultureInfo.InvariantCulture, $"w{writer}-{random.Next(NamesPerWriter)}") },
                Data = new Dictionary<string, string> { ["nonce"] = random.NextInt64().ToString(CultureInfo.InvariantCulture), ["fill"] = new string('v', random.Next(2000)) },
            }, cancellationToken));
            acknowledged();
        }
    }

    private async Task<ConfigMap> WriteAsync(ConfigMap wanted, CancellationToken cancellationToken)
    {
        try
        {
            return await client.CreateAsync(wanted, cancellationToken);
        }
        catch (ApiException taken) when (taken.IsAlreadyExists)
        {
            return await client.UpdateAsync(wanted, null, cancellationToken);
        }
    }
}
