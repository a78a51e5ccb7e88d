namespace Strata.Cri.Tests.Runtime;

/// <summary>A sandbox with one container, removed at the end of the test.</summary>
public sealed record RunningContainer(CriClient Client, string SandboxId, string Id, string LogPath) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Client.StopPodSandboxAsync(SandboxId, CancellationToken.None);
        await Client.RemovePodSandboxAsync(SandboxId, CancellationToken.None);
    }
}
