using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Strata.ApiServer.Tests.Server;

/// <summary>A node agent's HTTPS server with containers that only talk: <c>/containerLogs</c> counts, <c>/exec</c> and <c>/attach</c> echo after an upgrade.</summary>
internal sealed class FakeNodeServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _failing = new();

    private FakeNodeServer(WebApplication app, int port)
    {
        _app = app;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Path and query of the last request.</summary>
    public string LastRequest { get; private set; } = "";

    /// <summary>Common name of the last caller's certificate.</summary>
    public string LastCaller { get; private set; } = "";

    /// <summary>Completed to let a followed log go on.</summary>
    public TaskCompletionSource More { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A followed log says nothing until <see cref="More"/>.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Completed when an upgraded connection has ended.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Drops all connections, as a machine does that fails.</summary>
    public Task AbortAsync()
    {
        _failing.Cancel();
        return _app.StopAsync(new CancellationToken(canceled: true));
    }

    public static async Task<FakeNodeServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0, static listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = TestCertificates.Server,
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                ClientCertificateValidation = static (_, _, _) => true,
            });
        }));
        var app = builder.Build();
        FakeNodeServer? server = null;
        app.Run(context => server!.AnswerAsync(context));
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        server = new FakeNodeServer(app, new Uri(address).Port);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        More.TrySetResult();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        LastRequest = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}";
        LastCaller = context.Connection.ClientCertificate?.GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, false) ?? "";
        if (context.Request.Path.StartsWithSegments("/containerLogs"))
        {
            await LogAsync(context);
        }
        else
        {
            await EchoAsync(context);
        }
    }

    private async Task LogAsync(HttpContext context)
    {
        if (context.Request.Path.Value!.EndsWith("/waiting", StringComparison.Ordinal))
        {
            context.Response.StatusCode = 400;
            await context.Response.WriteAsync("container \"waiting\" in pod \"p\" is waiting to start: ContainerCreating");
            return;
        }

        if (!IsSilent)
        {
            await context.Response.WriteAsync("one\n");
        }

        await context.Response.Body.FlushAsync();
        if (context.Request.Query.ContainsKey("follow"))
        {
            await using var failure = _failing.Token.Register(context.Abort);
            await More.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync("two\n");
        }
    }

    private async Task EchoAsync(HttpContext context)
    {
        if (context.Request.Query["command"] == "refuse")
        {
            context.Response.StatusCode = 403;
            await context.Response.WriteAsync("not today");
            return;
        }

        context.Response.Headers.Upgrade = context.Request.Headers.Upgrade;
        context.Response.Headers["X-Stream-Protocol-Version"] = context.Request.Headers["X-Stream-Protocol-Version"].First();
        await using var stream = await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
        var buffer = new byte[1024];
        await using var failure = _failing.Token.Register(context.Abort);
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, _failing.Token)) > 0)
            {
                await stream.WriteAsync(buffer.AsMemory(0, read));
                if (buffer.AsSpan(0, read).IndexOf("bye"u8) >= 0)
                {
                    break;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            return;
        }
        finally
        {
            Ended.TrySetResult();
        }
    }
}
