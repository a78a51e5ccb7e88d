namespace Strata.ApiServer.Tests.Server;

/// <summary>One server for the tests of a class that do not disturb each other; has the config map <c>taken</c>.</summary>
public sealed class SharedApi : IAsyncLifetime
{
    internal TestApi Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Api = await TestApi.StartAsync();
        await Api.ConfigMapAsync("taken");
    }

    public ValueTask DisposeAsync() => Api.DisposeAsync();
}
