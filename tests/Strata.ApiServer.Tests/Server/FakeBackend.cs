using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Strata.ApiServer.Tests.Server;

/// <summary>A web server as it runs in a pod: <c>/page</c> has links, <c>/packed</c> is one that is compressed, <c>/away</c> redirects, <c>/broken</c> breaks off, <c>/socket</c> echoes over WebSocket; everything else tells what was asked.</summary>
internal sealed class FakeBackend : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeBackend(WebApplication app, int port)
    {
        _app = app;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Completed to let <c>/broken</c> break off.</summary>
    public TaskCompletionSource Break { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<FakeBackend> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.UseWebSockets();
        FakeBackend? backend = null;
        app.Run(context => backend!.AnswerAsync(context));
        await app.StartAsync(TestContext.Current.CancellationToken);
        backend = new FakeBackend(app, new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port);
        return backend;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers.AccessControlAllowOrigin = "*";
        switch (context.Request.Path.Value)
        {
            case "/page":
                context.Response.ContentType = "text/html; charset=utf-8";
                await context.Response.WriteAsync("<p><a href=\"/next?a=1&amp;b=2\">weiter \u2192</a> <a href='rel'>r</a> <img src=/i.png><script>x = '<a href=\"/no\">'</script>");
                break;
            case "/away":
                context.Response.Redirect("/there?x=1");
                break;
            case "/broken":
                await context.Response.WriteAsync("some");
                await context.Response.Body.FlushAsync();
                await Break.Task.WaitAsync(context.RequestAborted);
                context.Abort();
                break;
            case "/packed":
                context.Response.ContentType = "text/html";
                context.Response.Headers.ContentEncoding = "gzip";
                await using (var packed = new System.IO.Compression.GZipStream(context.Response.Body, System.IO.Compression.CompressionLevel.Fastest))
                {
                    await packed.WriteAsync("<a href=/x>"u8.ToArray());
                }

                break;
            case "/socket":
                await EchoAsync(context);
                break;
            default:
                var seen = new StringBuilder($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}\n");
                foreach (var (name, value) in context.Request.Headers.OrderBy(static header => header.Key, StringComparer.Ordinal))
                {
                    seen.Append($"{name}: {value}\n");
                }

                using (var reader = new StreamReader(context.Request.Body))
                {
                    seen.Append($"body: {(await reader.ReadToEndAsync()).Length}\n");
                }

                context.Response.StatusCode = context.Request.Query["status"] is [{ } code] ? int.Parse(code, System.Globalization.CultureInfo.InvariantCulture) : 200;
                await context.Response.WriteAsync(seen.ToString());
                break;
        }
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync("echo");
        var buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted) is { MessageType: not System.Net.WebSockets.WebSocketMessageType.Close } received)
        {
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }
}
