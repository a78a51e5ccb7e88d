using Strata.ApiServer.Streaming;

namespace Strata.ApiServer.Tests.Streaming;

/// <summary>The pure parts of the proxy.</summary>
public sealed class ProxyPartsTests
{
    private static readonly ProxyLinks Links = new("/api/v1/namespaces/n/pods/p/proxy", new Uri("http://10.0.0.1:80/dir/page"), "https", "api:6443");

    [Theory]
    [InlineData("/x?y=1#z", "/api/v1/namespaces/n/pods/p/proxy/x?y=1#z")]
    [InlineData("/", "/api/v1/namespaces/n/pods/p/proxy/")]
    [InlineData("/api/v1/namespaces/n/pods/p/proxy/x", "/api/v1/namespaces/n/pods/p/proxy/x")]
    [InlineData("http://10.0.0.1/x", "https://api:6443/api/v1/namespaces/n/pods/p/proxy/x")]
    [InlineData("https://api:6443/x", "https://api:6443/api/v1/namespaces/n/pods/p/proxy/x")]
    [InlineData("//10.0.0.1/x", "https://api:6443/api/v1/namespaces/n/pods/p/proxy/x")]
    [InlineData("http://elsewhere/x", "http://elsewhere/x")]
    [InlineData("//elsewhere/x", "//elsewhere/x")]
    [InlineData("x/y", "x/y")]
    [InlineData("#z", "#z")]
    [InlineData("mailto:a@b", "mailto:a@b")]
    [InlineData("", "")]
    public void Only_links_to_the_backends_root_are_rewritten(string link, string expected) => Assert.Equal(expected, Links.Rewrite(link));

    [Theory]
    [InlineData("<A HREF='/x'>", "<A HREF='/api/v1/namespaces/n/pods/p/proxy/x'>")]
    [InlineData("<a class=\"b\" disabled href = /x >", "<a class=\"b\" disabled href = /api/v1/namespaces/n/pods/p/proxy/x >")]
    [InlineData("<img alt='>' src=\"/x\"/>", "<img alt='>' src=\"/api/v1/namespaces/n/pods/p/proxy/x\"/>")]
    [InlineData("<!-- <a href=\"/x\"> --><p title=\"/x\">", "<!-- <a href=\"/x\"> --><p title=\"/x\">")]
    [InlineData("<script src=\"/x\">'<a href=\"/y\">'</script>", "<script src=\"/api/v1/namespaces/n/pods/p/proxy/x\">'<a href=\"/y\">'</script>")]
    [InlineData("1 < 2 <", "1 < 2 <")]
    [InlineData("<a href=\"/x", "<a href=\"/x")]
    [InlineData("<!-- never closed", "<!-- never closed")]
    [InlineData("", "")]
    public void Html_is_rewritten_where_it_links(string html, string expected) => Assert.Equal(expected, HtmlRewriter.Rewrite(html, Links));

    [Theory]
    [InlineData("/api/v1/nodes/n/proxy", "/api/v1/nodes/n/proxy", "")]
    [InlineData("/api/v1/nodes/n/proxy/stats?x=/", "/api/v1/nodes/n/proxy", "/stats")]
    [InlineData("/api/v1/namespaces/a/pods/proxy/proxy/proxy/b%2Fc//d/?q", "/api/v1/namespaces/a/pods/proxy/proxy", "/proxy/b%2Fc//d/")]
    [InlineData("//api/v1/namespaces/a/services/s:1/proxy/", "//api/v1/namespaces/a/services/s:1/proxy", "/")]
    public void A_path_is_split_after_the_word_proxy(string target, string prefix, string rest) => Assert.Equal(new ProxyPath(prefix, rest), ProxyPath.Split(target));

    [Theory]
    [InlineData("a", "", "a", "")]
    [InlineData("a:80", "", "a", "80")]
    [InlineData("https:a:", "https", "a", "")]
    [InlineData(":a:web", "", "a", "web")]
    public void A_name_may_have_scheme_and_port(string text, string scheme, string name, string port) => Assert.Equal(new ProxyName(scheme, name, port), ProxyName.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData("ftp:a:80")]
    [InlineData("https:a:80:b")]
    public void Other_names_are_none(string text) => Assert.Null(ProxyName.Parse(text));
}
