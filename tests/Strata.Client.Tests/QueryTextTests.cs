namespace Strata.Client.Tests;

public sealed class QueryTextTests
{
    [Fact]
    public void A_plain_list_has_no_query()
    {
        Assert.Equal("", QueryText.Of(ListOptions.All));
    }

    [Fact]
    public void Values_are_escaped()
    {
        Assert.Equal(
            "labelSelector=a%20in%20%28b%2Cc%29&fieldSelector=spec.nodeName%3Dn%261&limit=50&continue=x%2By&resourceVersion=0",
            QueryText.Of(new ListOptions("a in (b,c)", "spec.nodeName=n&1", 50, "x+y", "0")));
    }

    [Fact]
    public void A_watch_says_so()
    {
        Assert.Equal("watch=true&allowWatchBookmarks=true", QueryText.Of(new WatchOptions()));
        Assert.Equal("watch=true&resourceVersion=7&fieldSelector=a%3Db", QueryText.Of(new WatchOptions("7", null, "a=b", AllowBookmarks: false)));
    }
}
