using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Strata.Api.Models;
using Strata.Pods.Probes;

namespace Strata.Pods.Tests.Probes;

public sealed class NetworkProberTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private readonly NetworkProber _prober = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _prober.Dispose();

    [Fact]
    public async Task Http_succeeds_from_200_to_399_with_the_headers_of_a_probe()
    {
        string? agent = null;
        await using var app = await StartAsync(HttpProtocols.Http1, context =>
        {
            agent = context.Request.Headers.UserAgent;
            context.Response.StatusCode = context.Request.Path.Value switch { "/ok" => 204, "/moved" => 302, "/away" => 302, _ => 500 };
            context.Response.Headers.Location = context.Request.Path.Value switch { "/moved" => "/ok", "/away" => "http://other.test/", _ => default };
            return context.Request.Path == "/bad" ? context.Response.WriteAsync("broken", Token) : Task.CompletedTask;
        });
        var port = Port(app);

        Assert.True((await _prober.HttpAsync(Target(port), new HTTPGetAction { Path = "/ok", Port = port }, Timeout, Token)).IsSuccess);
        Assert.StartsWith("kube-probe/", agent, StringComparison.Ordinal);
        Assert.True((await _prober.HttpAsync(Target(port), new HTTPGetAction { Path = "moved", Port = "http" }, Timeout, Token)).IsSuccess);
        Assert.True((await _prober.HttpAsync(Target(port), new HTTPGetAction { Path = "/away", Port = port }, Timeout, Token)).IsSuccess);
        var failed = await _prober.HttpAsync(Target(port), new HTTPGetAction { Path = "/bad", Port = port }, Timeout, Token);
        Assert.Equal("HTTP probe failed with statuscode: 500 (broken)", failed.Message);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_in_time_fails_the_probe()
    {
        await using var app = await StartAsync(HttpProtocols.Http1, context => Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        var outcome = await _prober.HttpAsync(Target(Port(app)), new HTTPGetAction { Path = "/", Port = Port(app) }, TimeSpan.FromMilliseconds(100), Token);
        Assert.Contains("context deadline exceeded", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tcp_succeeds_when_something_listens()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        Assert.True((await _prober.TcpAsync(Target(port), new TCPSocketAction { Port = port }, Timeout, Token)).IsSuccess);
        listener.Stop();
        Assert.False((await _prober.TcpAsync(Target(port), new TCPSocketAction { Port = port }, Timeout, Token)).IsSuccess);
        Assert.Equal("invalid port number: nope", (await _prober.TcpAsync(Target(port), new TCPSocketAction { Port = "nope" }, Timeout, Token)).Message);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public async Task Grpc_asks_the_health_service(byte serving, bool isHealthy)
    {
        byte[] asked = [];
        await using var app = await StartAsync(HttpProtocols.Http2, async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, Token);
            asked = body.ToArray();
            context.Response.ContentType = "application/grpc";
            context.Response.DeclareTrailer("grpc-status");
            await context.Response.Body.WriteAsync((byte[])[0, 0, 0, 0, 2, 8, serving], Token);
            context.Response.AppendTrailer("grpc-status", "0");
        });

        var outcome = await _prober.GrpcAsync(Target(Port(app)), new GRPCAction { Port = Port(app), Service = "db" }, Timeout, Token);

        Assert.Equal(isHealthy, outcome.IsSuccess);
        Assert.Equal([0, 0, 0, 0, 4, 10, 2, (byte)'d', (byte)'b'], asked);
    }

    private static ProbeTarget Target(int port)
    {
        var container = Given.Container() with { Ports = [new ContainerPort { Name = "http", Port = port }] };
        return new ProbeTarget(Given.Pod(container), container, "id", "127.0.0.1");
    }

    private static async Task<WebApplication> StartAsync(HttpProtocols protocols, RequestDelegate handler)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        var app = builder.Build();
        app.Run(handler);
        await app.StartAsync(Token);
        return app;
    }

    private static int Port(WebApplication app) => BindingAddress.Parse(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
}
